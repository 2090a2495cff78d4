using System.Globalization;
using GaitProp.Data;
using GaitProp.Figures;
using GaitProp.Metrics;
using GaitProp.Networks;
using GaitProp.Runs;
using GaitProp.Runtime;
using GaitProp.Training;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary>The figures of the paper that show the rule itself: they are measured on one batch in seconds, nothing is trained.</summary>
internal static class MeasuredFigures
{
    private const int Batch = 64;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fig1"];

    /// <summary>Measures and draws up a figure.</summary>
    /// <param name="context">Where the numbers go as words.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="images">The images.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <param name="device">Where to compute.</param>
    public static Figure Make(CommandContext context, string name, ImageDataset images, int seed, torch.Device device)
    {
        LibTorch.Load();
        using var scope = torch.NewDisposeScope();
        using var batch = new DeviceImages(images.Test.Take(Batch), torch.ScalarType.Float64, device);
        var (pixels, labels) = batch.Range(0, batch.Count);
        var study = new TargetStudy { Network = Architectures.Define("cifar-deep", [.. pixels.shape.Skip(1)], images.ClassNames.Count, null), Seed = seed };
        var table = context.Busy("Measuring targets in three ways of computing", () => study.Measure(pixels, labels));
        var machine = RunEnvironment.Here(device);
        var caption = Text($"Data: {images.Name}, the first {batch.Count} test images. Network: {study.Network.Name}, {table.Layers.Count} layers, random orthogonal weights of seed {seed}, not trained. ")
            + Text($"t - a: target minus activation; its true value is that of the displacement form in float64, which loses no digits. GAIT: gamma = 1e-3 in every layer; normalised GAIT: the distance of each target is eta = 1e-7. ")
            + Text($"Machine: {machine}; GaitProp {machine.Version}.");
        if (context.Results is null)
        {
            context.Out.Write(Numbers(table));
            context.Out.WriteLine("Angles in degrees to BP in float64; undefined where an update is zero or not finite. Errors are relative, of t - a.");
        }

        return TargetFigure.Of(name, "Figure 1: why targets are normalised", caption, table);
    }

    private static Table Numbers(TargetTable table)
    {
        var rows = new Table().Border(TableBorder.Rounded).AddColumn("rule").AddColumn("computed in").AddColumn("measure");
        foreach (var l in Enumerable.Range(1, table.Layers.Count))
        {
            rows.AddColumn(new TableColumn(Text($"layer {l}")).RightAligned().NoWrap());
        }

        foreach (var column in table.Columns)
        {
            Row(column.Rule, "-", "distance", column.Distances.Select(d => Text($"{d:0.0e+0}")));
            foreach (var way in column.Precision)
            {
                var words = $"{way.Form.ToString().ToLowerInvariant()} {way.Type.ToString().ToLowerInvariant()}";
                Row(column.Rule, words, "error", way.Errors.Select(e => e is { } error ? Text($"{error:0.0e+0}") : "undefined"));
                Row(column.Rule, words, "angle", way.Angles.Select(a => a is { } angle ? angle is > 0 and < 0.01 ? Text($"{angle:0.0e+0}") : Text($"{angle:0.00}") : "undefined"));
            }
        }

        return rows;

        void Row(string rule, string way, string measure, IEnumerable<string> cells) =>
            rows.AddRow(new[] { rule, way, measure }.Concat(cells).Select(c => new Text(c)).ToArray());
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
