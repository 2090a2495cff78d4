using System.Diagnostics;
using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!time</c>: how long the rest of the cell takes.</summary>
internal sealed class TimeMagic : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!time"];

    /// <inheritdoc/>
    public override string Description => "Says how long the cell takes from here on: wall time, compilation included.";

    /// <inheritdoc/>
    public override string Example => "#!time\ntorch.rand(1024, 1024).inverse().sum().item<float>()";

    /// <inheritdoc/>
    protected override void Run(MagicCall call)
    {
        var clock = Stopwatch.StartNew();
        CellScope.Current?.AtEnd(() => call.Output.Display(MimeBundle.OfText($"Wall time: {Text(clock.Elapsed)}")));
    }

    private static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
    };
}
