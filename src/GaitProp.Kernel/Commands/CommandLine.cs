using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Runtime.InteropServices;
using GaitProp.Kernel.Terminal;
using GaitProp.Notebook;
using GaitProp.Ranks;
using GaitProp.Runtime;
using GaitProp.Storage;
using GaitProp.Training;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>The command model: one tree of verbs for the terminal and for notebook cells.</summary>
internal static class CommandLine
{
    /// <summary>Everything went well.</summary>
    public const int Success = 0;

    /// <summary>Something could not be done.</summary>
    public const int Failure = 1;

    /// <summary>The words of the command were not understood.</summary>
    public const int BadUsage = 2;

    /// <summary>The user stopped it.</summary>
    public const int Interrupted = 130;

    /// <summary>How far apart two signals may be that are one.</summary>
    private static readonly TimeSpan Twins = TimeSpan.FromSeconds(0.7);

    /// <summary>Builds the tree of verbs.</summary>
    /// <param name="context">Where the verbs' words go.</param>
    public static RootCommand Build(CommandContext context)
    {
        var root = new RootCommand(
            "GaitProp: normalised GAIT-prop, a learning rule with layer-local targets, beside backpropagation and its other rivals."
        );
        root.Options.Add(SharedOptions.Verbose());
        root.Options.Add(SharedOptions.LibTorch());
        if (context.Results is not null)
        {
            root.Options.Add(SharedOptions.As());
        }

        root.Subcommands.Add(InfoCommand.Build(context));
        root.Subcommands.Add(DoctorCommand.Build(context));
        root.Subcommands.Add(DataCommand.Build(context));
        root.Subcommands.Add(TrainCommand.Build(context));
        root.Subcommands.Add(CompareCommand.Build(context));
        root.Subcommands.Add(SweepCommand.Build(context));
        root.Subcommands.Add(RunsCommand.Build(context));
        root.Subcommands.Add(EvaluateCommand.Build(context));
        root.Subcommands.Add(ReproduceCommand.Build(context));
        root.Subcommands.Add(FigureCommand.Build(context));
        root.Subcommands.Add(AnglesCommand.Build(context));
        root.Subcommands.Add(DriftCommand.Build(context));
        root.Subcommands.Add(ModelCommand.Build(context));
        root.Subcommands.Add(VerifyCommand.Build(context));
        root.Subcommands.Add(JupyterCommand.Build(context));
        root.Subcommands.Add(NotebookCommand.Build(context));
        RefuseBlankPlaces(root);
        return root;
    }

    /// <summary>A folder or file without a name, as a shell variable that is not set gives it, is nowhere.</summary>
    private static void RefuseBlankPlaces(Command command)
    {
        foreach (var option in command.Options.Where(o => (o is Option<string> or Option<string[]>) && o.HelpName is "DIR" or "FILE"))
        {
            option.Validators.Add(result => Refuse(result, option.Name, option.HelpName!));
        }

        foreach (
            var argument in command.Arguments.Where(a =>
                (a is Argument<string> or Argument<string[]>) && a.Name is "EXPERIMENT" or "DIR" or "FILE"
            )
        )
        {
            argument.Validators.Add(result => Refuse(result, argument.Name, argument.Name));
        }

        foreach (var below in command.Subcommands)
        {
            RefuseBlankPlaces(below);
        }

        static void Refuse(SymbolResult result, string name, string what)
        {
            if (result.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value)))
            {
                result.AddError($"{name} is empty: name {(what == "DIR" ? "a folder" : what == "FILE" ? "a file" : "one")}.");
            }
        }
    }

    /// <summary>
    /// Runs a command line of a terminal to its end. Errors become one line; an interrupt stops at the next step, a second one at once.
    /// </summary>
    /// <param name="args">The words.</param>
    /// <param name="context">Where the verbs' words go.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandContext context)
    {
        // Not disposed: a signal may still come while the process ends.
        var interrupt = new CancellationTokenSource();
        var asked = Stopwatch.StartNew();
        using var control = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using var warning = CheckpointRequest.OnSignal(CellProcesses.PassOnWarning);
        return await RunAsync(args, context, interrupt.Token);

        void Stop(PosixSignalContext signal)
        {
            // The first one asks; the second one is left to the system, which ends the process. A process of a grid gets the first one
            // twice: from the terminal, which tells all of them, and from the process that started it.
            var twin = args.Contains(CompareCommand.CellOfAGrid) && asked.Elapsed < Twins;
            signal.Cancel = !interrupt.IsCancellationRequested || twin;
            if (!interrupt.IsCancellationRequested)
            {
                asked.Restart();
            }

            interrupt.Cancel();
        }
    }

    /// <summary>Runs a command line to its end, wherever it was written. Errors become one line.</summary>
    /// <param name="args">The words.</param>
    /// <param name="context">Where the verbs' words go.</param>
    /// <param name="interrupt">Stops at the next step.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandContext context, CancellationToken interrupt)
    {
        using var visibleOut = VisibleWords.On(context.Out);
        using var visibleError = VisibleWords.On(context.Error);
        var parsed = Build(context).Parse(args.Count == 0 ? ["--help"] : [.. args.Select(AtHome)]);
        if (parsed.Action is not HelpAction && Words.Error(parsed) is { } error)
        {
            if (RankEngine.LaunchedAs is > 0)
            {
                // All ranks have the same words; the first one says what is wrong with them, and an engine ends all when one has ended.
                await Task.Delay(RankedWork.LastWord, CancellationToken.None);
                return BadUsage;
            }

            context.WholeError($"{error} See '{string.Join(' ', [context.Prompt, .. Words.Path(parsed.CommandResult)])} --help'.");
            return BadUsage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = context.Out.Profile.Out.Writer,
                Error = context.Error.Profile.Out.Writer,
            };
            if (parsed.Action is not HelpAction)
            {
                LibTorchTrial.Take(parsed.GetValue<string?>(SharedOptions.LibTorchName), context);
                context.Ready?.Invoke();
            }

            return await parsed.InvokeAsync(configuration, interrupt);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested || RankEngine.LaunchedAs is not null)
        {
            // Here, or on another rank.
            return Interrupted;
        }
        catch (Exception e) when (e is GaitPropException or NotebookException)
        {
            if (e.InnerException is { } cause && parsed.GetValue<bool>(SharedOptions.VerboseName))
            {
                context.Error.WriteLine(cause.ToString());
            }

            context.WholeError(context.Advice(OneLine(e.Message)));
            return Failure;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            // Every file of ours has an error of its own: this is where the words go. They go to no file that could be missing.
            context.Error.WriteLine($"The output cannot be written: {OneLine(e.Message)}");
            return Failure;
        }
        catch (Exception e) when (DeviceFailure.Of(e) is not null && !parsed.GetValue<bool>(SharedOptions.VerboseName))
        {
            context.Error.WriteLine(DeviceFailure.Of(e)!.Sentence);
            return Failure;
        }
        catch (Exception e) when (!parsed.GetValue<bool>(SharedOptions.VerboseName))
        {
            context.Error.WriteLine(
                $"Unexpected {e.GetType().Name}: {OneLine(NativeError.Sentence(e))} (run it again with --verbose for the stack trace, and report it please)."
            );
            return Failure;
        }
    }

    /// <summary>A word with the user's home in the place of <c>~</c>: no shell has seen the words of a cell, nor what stands after '='.</summary>
    private static string AtHome(string word) =>
        word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
            ? $"{word[..(equals + 1)]}{HomePath.Expand(word[(equals + 1)..])}"
            : HomePath.Expand(word);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
