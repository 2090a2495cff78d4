using System.Globalization;
using GaitProp.Kernel.Terminal;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// A line for each cell of a notebook with its first words and its time; in a terminal the cell that runs stands below them, and its
/// seconds are counted.
/// </summary>
internal sealed class NotebookProgress : INotebookProgress
{
    private const int MostWords = 60;

    private readonly IAnsiConsole _console;
    private readonly ProgressContext? _live;
    private ProgressTask? _running;
    private string _now = "";

    private NotebookProgress(IAnsiConsole console, ProgressContext? live) => (_console, _live) = (console, live);

    /// <summary>Shows progress on a console while a notebook runs.</summary>
    /// <param name="console">The console.</param>
    /// <param name="run">Runs it.</param>
    public static Task<T> ShowAsync<T>(IAnsiConsole console, Func<INotebookProgress, Task<T>> run) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi && console.Profile.Capabilities.Interactive
            ? console
                .Progress()
                .AutoClear(true)
                .HideCompleted(true)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ElapsedTimeColumn())
                .StartAsync(live => run(new NotebookProgress(console, live)))
            : run(new NotebookProgress(console, live: null));

    /// <inheritdoc/>
    public void Begin(NotebookCell cell, int number, int of)
    {
        var digits = of.ToString(CultureInfo.InvariantCulture).Length;
        var count = number.ToString(CultureInfo.InvariantCulture).PadLeft(digits);
        _now = Text($"  [{count}/{of}] {FirstWords(cell.Source), -MostWords}");
        _running = _live?.AddTask(Markup.Escape(_now.TrimEnd()));
    }

    /// <inheritdoc/>
    public void End(CellStatus status, TimeSpan elapsed)
    {
        _running?.StopTask();
        var line = $"{_now} {Seconds(elapsed), 9}{status switch { CellStatus.Ok => "", CellStatus.Error => "  failed", _ => "  stopped" }}";
        if (_live is null)
        {
            _console.Profile.Out.Writer.WriteLine(line);
        }
        else
        {
            _console.WriteLine(line);
        }
    }

    private static string Seconds(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? Text($"{time.TotalSeconds:0.0} s") : ProgressText.Duration(time);

    private static string FirstWords(string source)
    {
        var line = source.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "";
        line = string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MostWords ? line : $"{line[..(MostWords - 1)]}…";
    }
}
