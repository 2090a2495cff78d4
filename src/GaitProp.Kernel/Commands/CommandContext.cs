using GaitProp.Kernel.Terminal;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>Where a command's words go and how it shows that it is at work. A terminal is one place; a notebook cell is another.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">One line for each error.</param>
/// <param name="ShowTraining">Shows live progress while the action given runs.</param>
public sealed record CommandContext(IAnsiConsole Out, IAnsiConsole Error, Action<Action<ITrainingDisplay>> ShowTraining)
{
    /// <summary>Does something that may take seconds, and shows meanwhile that it is at work.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="action">Does it.</param>
    public T Busy<T>(string what, Func<T> action) =>
        Error.Profile.Out.IsTerminal ? Error.Status().Start(Markup.Escape(what), _ => action()) : action();

    /// <summary>The process's standard output and error: live where they are terminals, plain lines where they are not.</summary>
    public static CommandContext Terminal()
    {
        var output = Console(System.Console.Out, System.Console.IsOutputRedirected);
        var error = Console(System.Console.Error, System.Console.IsErrorRedirected);
        return new CommandContext(output, error, action => TrainingDisplay.Show(output, action));
    }

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
