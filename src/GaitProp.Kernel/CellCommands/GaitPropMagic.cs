using System.CommandLine;
using System.CommandLine.Parsing;
using GaitProp.Kernel.Commands;
using GaitProp.Kernel.Formatters;
using GaitProp.Notebook.Cells;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.CellCommands;

/// <summary>
/// <c>#!gaitprop VERB …</c>: the command model of the terminal in a cell. Training is shown live, results are drawn, and <c>--as NAME</c>
/// keeps them.
/// </summary>
internal static class GaitPropMagic
{
    /// <summary>Its word.</summary>
    public const string Name = "#!gaitprop";

    /// <summary>
    /// Columns of what is written as text: what fits into a cell of a window of 900 pixels. Front ends break longer lines within words.
    /// </summary>
    private const int Columns = 70;

    /// <summary>Errors stay on one line; the front end wraps them.</summary>
    private const int NoWrap = 100_000;

    /// <summary>Runs a line of it.</summary>
    /// <param name="line">What follows its word.</param>
    /// <param name="cell">Where its output goes.</param>
    /// <param name="variables">The notebook's variables.</param>
    /// <param name="interrupt">The stop button.</param>
    /// <exception cref="CellException">It cannot be done; the message says why.</exception>
    public static async Task RunAsync(string line, ICellOutput cell, ICellVariables variables, CancellationToken interrupt)
    {
        var words = MagicWords.Of(line, variables);
        await using var output = new CellWriter(cell, CellStream.Out);
        await using var error = new CellWriter(cell, CellStream.Error, holdsLastLine: true);
        var taken = false;
        var name = CommandLine.Build(Context(cell, output, error, _ => { })).Parse(words).GetResult(SharedOptions.AsName)
            is OptionResult { Tokens: [var word, ..] }
            ? word.Value
            : null;
        var context = Context(
            cell,
            output,
            error,
            value =>
            {
                taken = true;
                foreach (var shown in ResultOutputs.Of(value))
                {
                    cell.Display(shown);
                }

                if (name is not null)
                {
                    variables.Set(name, value);
                }
                else
                {
                    (value as IDisposable)?.Dispose();
                }
            }
        );

        int? threads = null;
        context = context with { Ready = () => threads = Threads() };
        int exit;
        try
        {
            // A thread of its own: a verb stops at its next step, and is never cut off in the middle of one.
            exit = await Task
                .Factory.StartNew(
                    () => CommandLine.RunAsync(words, context, interrupt),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
                .Unwrap();
        }
        finally
        {
            // --threads is of one command; the next one begins anew.
            if (threads is { } count && torch.get_num_threads() != count)
            {
                torch.set_num_threads(count);
            }
        }

        // A sweep may also be cancelled from elsewhere: nobody has stopped this cell then, and its last line says what happened.
        var isStopped = exit == CommandLine.Interrupted && interrupt.IsCancellationRequested;
        var last = error.TakeHeld();
        if ((exit == CommandLine.Success || isStopped) && last.Length > 0)
        {
            cell.Write(CellStream.Error, last);
        }

        if (isStopped)
        {
            throw new OperationCanceledException(interrupt);
        }

        if (exit != CommandLine.Success)
        {
            throw new CellException(
                last.Trim() is { Length: > 0 } said ? said : "The command failed; what it wrote says where.",
                "GaitPropError"
            );
        }

        if (name is not null && !taken)
        {
            throw new CellException(
                $"'{words[0]}' has no result that --as could keep in '{name}': train, compare, sweep, reproduce, figure, evaluate, angles, drift, model show and runs show, compare, query, resume have one.",
                "GaitPropError"
            );
        }
    }

    /// <summary>What could stand at a position.</summary>
    /// <param name="arguments">What follows its word.</param>
    /// <param name="position">The caret in it.</param>
    public static CellCompletion Complete(string arguments, int position) => CommandWords.Complete(Model, arguments, position);

    /// <summary>What stands at a position, or <see langword="null"/>.</summary>
    /// <param name="arguments">What follows its word.</param>
    /// <param name="position">The caret in it.</param>
    public static MimeBundle? Inspect(string arguments, int position) => CommandWords.Describe(Model, arguments, position);

    /// <summary>The command model, to be looked at and not to be run.</summary>
    internal static RootCommand Model => CommandLine.Build(Context(null, TextWriter.Null, TextWriter.Null, _ => { }));

    private static CommandContext Context(ICellOutput? cell, TextWriter output, TextWriter error, Action<object> results) =>
        new(Console(output, Columns), Console(error, NoWrap), action => TrainingPanels.Show(cell!, action))
        {
            Prompt = Name,
            Results = results,
            Tables = table => cell?.Display(ResultOutputs.Of(table).Single()),
            BusySign = cell is null ? null : what => new BusySign(cell, what),
        };

    private static IAnsiConsole Console(TextWriter writer, int width)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private static int? Threads()
    {
        try
        {
            LibTorch.Load();
            return torch.get_num_threads();
        }
        catch (GaitPropException)
        {
            // The verb that needs it says so; help and lists do not.
            return null;
        }
    }
}
