using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Terminal;
using Spectre.Console;
using Table = GaitProp.Figures.Table;

namespace GaitProp.Kernel.Commands;

/// <summary>Where a command's words go and how it shows that it is at work. A terminal is one place; a notebook cell is another.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">One line for each error.</param>
/// <param name="ShowTraining">Shows live progress while the action given runs.</param>
internal sealed record CommandContext(IAnsiConsole Out, IAnsiConsole Error, Action<Action<ITrainingDisplay>> ShowTraining)
{
    /// <summary>How a command line begins here.</summary>
    public string Prompt { get; init; } = "gaitprop";

    /// <summary>Where a command's result goes as a value, to be drawn and named; <see langword="null"/> where results are words.</summary>
    public Action<object>? Results { get; init; }

    /// <summary>Called when the words are understood and libtorch is chosen, before the verb begins.</summary>
    internal Action? Ready { get; init; }

    /// <summary>Where tables go in a place that draws them itself; <see langword="null"/> where they are words.</summary>
    internal Action<Table>? Tables { get; init; }

    /// <summary>
    /// Shows that something is under way until it is disposed of, in a place that is no terminal; <see langword="null"/> if it is not
    /// shown.
    /// </summary>
    public Func<string, IDisposable>? BusySign { get; init; }

    /// <summary>The same, with progress as lines for another process of the kit.</summary>
    internal CommandContext WithProgressLines() => this with { ShowTraining = action => action(new ProgressLines(Out.Profile.Out.Writer)) };

    /// <summary>
    /// A file or folder as it is shown: whole in a terminal, where it is clicked on; from here in a notebook, which others read on other
    /// machines.
    /// </summary>
    /// <param name="path">A full path.</param>
    public string Place(string path) => Results is null ? path : Path.GetRelativePath(Environment.CurrentDirectory, path);

    /// <summary>Words that advise a command, which can be pasted where the command stood: on a line of the notebook too.</summary>
    /// <param name="words">The words, with the command as <c>'gaitprop …'</c>.</param>
    public string Advice(string words) => words.Replace("'gaitprop ", $"'{Prompt} ", StringComparison.Ordinal);

    /// <summary>
    /// Writes a line that has a command or a path in it. It is not broken where the place is narrow: what is broken cannot be pasted.
    /// </summary>
    /// <param name="line">The line.</param>
    public void Whole(string line) => Whole(Out, line);

    /// <summary>The same of a line that is no result: an error, or how to go on.</summary>
    /// <param name="line">The line.</param>
    public void WholeError(string line) => Whole(Error, line);

    /// <summary>Does something that may take seconds, and shows meanwhile that it is at work.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="action">Does it.</param>
    public T Busy<T>(string what, Func<T> action)
    {
        if (Error.Profile.Out.IsTerminal)
        {
            return Error.Status().Start(Markup.Escape(what), _ => action());
        }

        using var sign = BusySign?.Invoke(what);
        return action();
    }

    /// <summary>Tells what a command came to: as a value where there is somebody to take it, else in words.</summary>
    /// <param name="value">The value. Where it is taken, it is the taker's to dispose of.</param>
    /// <param name="words">Writes it to <see cref="Out"/>.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Result(object value, Action words)
    {
        if (Results is null)
        {
            words();
            return false;
        }

        Results(value);
        return true;
    }

    /// <summary>Tells what a command came to: as a value where there is somebody to take it, else as a table.</summary>
    /// <param name="value">The value. Where it is taken, it is the taker's to dispose of.</param>
    /// <param name="table">Makes the table.</param>
    /// <returns>Whether it was taken.</returns>
    internal bool Result(object value, Func<Table> table) => Result(value, () => Show(table()));

    /// <summary>
    /// Tells what a command came to, of which the table says more than the value shows: a cell gets both, the table first.
    /// </summary>
    /// <param name="value">The value. Where it is taken, it is the taker's to dispose of.</param>
    /// <param name="table">The table.</param>
    internal void ResultBeside(object value, Table table)
    {
        Show(table);
        Results?.Invoke(value);
    }

    /// <summary>Shows a table: in a terminal as wide as that is, in a cell as HTML.</summary>
    /// <param name="table">The table.</param>
    internal void Show(Table table)
    {
        if (Tables is { } draw)
        {
            draw(table);
        }
        else
        {
            Out.Write(new TerminalTable(table));
        }
    }

    /// <summary>The process's standard output and error: live where they are terminals, plain lines where they are not.</summary>
    public static CommandContext Terminal()
    {
        var output = Console(System.Console.Out, System.Console.IsOutputRedirected);
        var error = Console(System.Console.Error, System.Console.IsErrorRedirected);
        return new CommandContext(output, error, action => TrainingDisplay.Show(output, action));
    }

    /// <summary>The console would break it at its width.</summary>
    private static void Whole(IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(VisibleText.Of(line));

    private static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
        {
            // A file has no width: lines stay whole.
            console.Profile.Width = 1000;
        }

        return console;
    }
}
