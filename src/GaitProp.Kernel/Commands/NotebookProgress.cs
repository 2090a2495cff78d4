using System.Diagnostics;
using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;
using GaitProp.Kernel.Terminal;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>A line for each cell of a notebook with its first words and its time; in a terminal the seconds of the cell that runs are counted.</summary>
internal sealed class NotebookProgress : INotebookProgress, IDisposable
{
    private const int MostWords = 60;

    private readonly Lock _gate = new();
    private readonly IAnsiConsole _console;
    private readonly bool _live;
    private readonly Timer? _timer;
    private string _now = "";
    private Stopwatch _watch = new();

    /// <summary>Shows progress on a console.</summary>
    public NotebookProgress(IAnsiConsole console)
    {
        _console = console;
        _live = console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;
        _timer = _live ? new Timer(_ => Count(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)) : null;
    }

    /// <inheritdoc/>
    public void Begin(NotebookCell cell, int number, int of)
    {
        var digits = of.ToString(CultureInfo.InvariantCulture).Length;
        var count = number.ToString(CultureInfo.InvariantCulture).PadLeft(digits);
        lock (_gate)
        {
            _now = string.Create(CultureInfo.InvariantCulture, $"  [{count}/{of}] {FirstWords(cell.Source),-MostWords}");
            _watch = Stopwatch.StartNew();
        }

        Count();
    }

    /// <inheritdoc/>
    public void End(CellStatus status, TimeSpan elapsed)
    {
        lock (_gate)
        {
            Rewrite($"{_now} {Seconds(elapsed),9}{status switch { CellStatus.Ok => "", CellStatus.Error => "  failed", _ => "  stopped" }}");
            if (_live)
            {
                _console.WriteLine();
            }

            _now = "";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Count()
    {
        lock (_gate)
        {
            if (_live && _now.Length > 0)
            {
                Rewrite($"{_now} {Seconds(_watch.Elapsed),9}");
            }
        }
    }

    private void Rewrite(string line)
    {
        if (_live)
        {
            // Cut to the width: a line that wraps cannot be written over.
            var width = Math.Max(20, _console.Profile.Width - 1);
            _console.Profile.Out.Writer.Write($"\r{(line.Length > width ? line[..width] : line)}\x1b[K");
            _console.Profile.Out.Writer.Flush();
        }
        else
        {
            _console.Profile.Out.Writer.WriteLine(line.TrimEnd());
        }
    }

    private static string Seconds(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s") : ProgressText.Duration(time);

    private static string FirstWords(string source)
    {
        var line = source.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "";
        line = string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MostWords ? line : $"{line[..(MostWords - 1)]}…";
    }
}
