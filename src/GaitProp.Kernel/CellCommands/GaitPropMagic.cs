using System.CommandLine;
using System.CommandLine.Parsing;
using GaitProp.Kernel.Commands;
using GaitProp.Kernel.Formatters;
using GaitProp.Notebook.Cells;
using GaitProp.Runtime;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.CellCommands;

/// <summary><c>#!gaitprop VERB …</c>: the command model of the terminal in a cell. Training is shown live, results are drawn, and <c>--as NAME</c> keeps them.</summary>
internal sealed class GaitPropMagic : IMagic
{
    /// <summary>Its word.</summary>
    public const string Name = "#!gaitprop";

    /// <summary>Columns of what is written as text: what fits into the cell of a notebook on a laptop.</summary>
    private const int Columns = 110;

    /// <summary>Errors stay on one line; the front end wraps them.</summary>
    private const int NoWrap = 100_000;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [Name];

    /// <inheritdoc/>
    public string Description => "Runs a verb of the gaitprop command; #!gaitprop --help lists them. --as NAME keeps the result in a C# variable.";

    /// <inheritdoc/>
    public string Example => "#!gaitprop train synthetic-shallow --epochs 2 --as run";

    /// <inheritdoc/>
    public bool TakesBody => false;

    /// <inheritdoc/>
    public async Task RunAsync(MagicCall call, CancellationToken interrupt)
    {
        ArgumentNullException.ThrowIfNull(call);
        var words = CommandLineParser.SplitCommandLine(CellVariablesInWords.Filled(call.Arguments, call.Variables)).ToArray();
        await using var output = new CellWriter(call.Output, CellStream.Out);
        await using var error = new CellWriter(call.Output, CellStream.Error, holdsLastLine: true);
        var taken = false;
        var name = CommandLine.Build(Context(call.Output, output, error, _ => { })).Parse(words).GetResult(SharedOptions.As) is { Tokens: [var word, ..] } ? word.Value : null;
        var context = Context(call.Output, output, error, value =>
        {
            taken = true;
            foreach (var output in ResultOutputs.Of(value))
            {
                call.Output.Display(output);
            }

            if (name is not null)
            {
                call.Variables.Set(name, value);
            }
            else
            {
                (value as IDisposable)?.Dispose();
            }
        });

        var threads = Threads();
        int exit;
        try
        {
            // A thread of its own: a verb stops at its next step, and is never cut off in the middle of one.
            exit = await Task.Factory.StartNew(() => CommandLine.RunAsync(words, context, interrupt), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }
        finally
        {
            // --threads is of one command; the next one begins anew.
            if (threads is { } count && torch.get_num_threads() != count)
            {
                torch.set_num_threads(count);
            }
        }

        var last = error.TakeHeld();
        if (exit is CommandLine.Success or CommandLine.Interrupted && last.Length > 0)
        {
            call.Output.Write(CellStream.Error, last);
        }

        if (exit == CommandLine.Interrupted)
        {
            throw new OperationCanceledException(interrupt);
        }

        if (exit != CommandLine.Success)
        {
            throw new CellException(last.Trim() is { Length: > 0 } said ? said : "The command failed; what it wrote says where.", "GaitPropError");
        }

        if (name is not null && !taken)
        {
            throw new CellException($"'{words[0]}' has no result that --as could keep in '{name}': train, compare, reproduce, evaluate, angles, model show and runs show, compare, resume have one.", "GaitPropError");
        }
    }

    /// <inheritdoc/>
    public CellCompletion Complete(string arguments, int position) => CommandWords.Complete(Model, arguments, position);

    /// <inheritdoc/>
    public MimeBundle? Inspect(string arguments, int position) => CommandWords.Describe(Model, arguments, position);

    /// <summary>The command model, to be looked at and not to be run.</summary>
    internal static RootCommand Model => CommandLine.Build(Context(null, TextWriter.Null, TextWriter.Null, _ => { }));

    private static CommandContext Context(ICellOutput? cell, TextWriter output, TextWriter error, Action<object> results) =>
        new(Console(output, Columns), Console(error, NoWrap), action => TrainingPanels.Show(cell!, action))
        {
            Prompt = Name,
            Results = results,
            BusySign = cell is null ? null : what => new BusySign(cell, what),
        };

    private static IAnsiConsole Console(TextWriter writer, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
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
