using System.CommandLine;
using System.Security;
using System.Text;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Jupyter;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;
using GaitProp.Notebook.Notebooks.Pages;
using GaitProp.Notebook.Notebooks.Parameters;
using GaitProp.Notebook.Worker;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>notebook run FILE</c>: executes notebooks from top to bottom with nobody watching.</summary>
internal static class NotebookCommand
{
    /// <summary>Seconds; a timer counts no further than some weeks.</summary>
    private const double LongestTimeout = 4_000_000;

    public static Command Build(CommandContext context)
    {
        var files = new Argument<string[]>("FILE") { Description = "The notebooks: .ipynb or .dib.", Arity = ArgumentArity.OneOrMore };
        var values = ParameterOption();
        var save = SharedOptions.Word(
            "--out",
            "Save the notebook with its outputs: FILE.ipynb, FILE.html, FILE.md or FILE.pdf, or a folder (which several notebooks need).",
            "FILE"
        );
        var to = NotebookFormat.ToOption(
            NotebookFormat.WithOutputs,
            "Save what was run in this format, in the folder of --out or beside the notebook: markdown with pictures in a folder beside it, html in one file that opens without a network, pdf (an installed Chromium, Chrome or Edge prints it)."
        );
        var page = SharedOptions.Word("--html", "The same as --to html, beside what --out saves: FILE.html, or a folder.", "FILE");
        var inPlace = new Option<bool>("--in-place") { Description = "Save the outputs in the notebook itself." };
        var allow = new Option<bool>("--allow-errors")
        {
            Description = "Go on after a cell that fails. A cell tagged raises-exception may fail in any case.",
        };
        var timeout = TimeoutOption();
        var run = new Command(
            "run",
            "Run the cells of notebooks from top to bottom, each notebook in its folder, and stop at the first cell that fails. Without --out, --to and --in-place nothing is saved."
        )
        {
            files,
            values,
            save,
            to,
            page,
            inPlace,
            allow,
            timeout,
        };
        run.SetAction(
            (parsed, interrupt) =>
                RunAsync(
                    context,
                    new Request(
                        parsed.GetValue(files)!,
                        parsed.GetValue(values) ?? [],
                        parsed.GetValue(save),
                        parsed.GetValue(to),
                        parsed.GetValue(page),
                        parsed.GetValue(inPlace),
                        parsed.GetValue(allow),
                        parsed.GetValue(timeout)
                    ),
                    interrupt
                )
        );
        return new Command("notebook", "Run, verify, convert and create notebooks.")
        {
            run,
            NotebookVerification.Build(context),
            NotebookConversion.Build(context),
            NotebookTemplates.Build(context),
        };
    }

    /// <summary><c>--param</c>, of names and values.</summary>
    private static Option<(string Name, string Value)[]?> ParameterOption() =>
        new("--param")
        {
            Description =
                "Give a variable of the cell tagged 'parameters' another value: a cell behind it, tagged 'injected-parameters', sets it. Again for each variable.",
            HelpName = "NAME=VALUE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = result =>
            {
                var values = new List<(string Name, string Value)>();
                foreach (var word in result.Tokens.Select(t => t.Value))
                {
                    if (word.Split('=', 2) is not [{ Length: > 0 } name, var value])
                    {
                        result.AddError($"--param {word} is not possible: write NAME=VALUE.");
                        return null;
                    }

                    if (values.Any(v => v.Name == name.Trim()))
                    {
                        result.AddError($"--param {word} is one too many: {name.Trim()} has a value.");
                        return null;
                    }

                    values.Add((name.Trim(), value));
                }

                return [.. values];
            },
        };

    /// <summary><c>--timeout</c>, in seconds a cell.</summary>
    internal static Option<double?> TimeoutOption()
    {
        var timeout = SharedOptions.Real("--timeout", "Stop a cell that takes longer than this many seconds, and fail. Default: no limit.");
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or > LongestTimeout)
            {
                result.AddError(
                    Text(
                        $"--timeout {result.Tokens[0].Value} is not possible: it must be more than 0 and at most {LongestTimeout} seconds."
                    )
                );
            }
        });
        return timeout;
    }

    /// <summary>Runs a notebook in its folder, with progress.</summary>
    /// <param name="context">Where progress goes.</param>
    /// <param name="file">The notebook's full path.</param>
    /// <param name="notebook">The notebook, which gets the outputs.</param>
    /// <param name="allowErrors">Whether the run goes on after a cell that fails.</param>
    /// <param name="timeout">Seconds that a cell may take.</param>
    /// <param name="interrupt">Ends it.</param>
    internal static async Task<RunOutcome> ExecuteAsync(
        CommandContext context,
        string file,
        NotebookDocument notebook,
        bool allowErrors,
        double? timeout,
        CancellationToken interrupt
    )
    {
        var before = Environment.CurrentDirectory;
        try
        {
            // As Jupyter does: names of files in a notebook are relative to it.
            Environment.CurrentDirectory = Path.GetDirectoryName(file)!;
            // A process of its own: a cell that ends it is a cell that failed, and no more.
            await using ICellEngine engine = new RemoteEngine(OwnProgram.StartWorker, _ => { });
            var runner = new NotebookRunner(engine, KernelSpec.Kernel)
            {
                AllowErrors = allowErrors,
                Timeout = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
            return await NotebookProgress.ShowAsync(context.Out, progress => runner.RunAsync(notebook, progress, interrupt));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    /// <summary>Says how a run ended that did not get to the notebook's end.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="name">The notebook.</param>
    /// <param name="notebook">Its cells.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="kept">What became of the outputs, after a space; or nothing.</param>
    /// <returns>The exit code, <see cref="CommandLine.Success"/> if it did get there.</returns>
    internal static int Tell(CommandContext context, string name, NotebookDocument notebook, RunOutcome outcome, string kept)
    {
        if (outcome.Interrupted)
        {
            context.Error.WriteLine($"Interrupted in cell [{outcome.Ran}] of {name}.{kept}");
            return CommandLine.Interrupted;
        }

        if (outcome.Failed is { } failed)
        {
            context.Error.Profile.Out.Writer.WriteLine(VisibleText.Of($"\n{FailedCellText.Of(failed)}"));
            var line = FailedCellText.Line(failed) is { } at ? Text($", line {at}") : "";
            context.Error.WriteLine(
                Text(
                    $"{name}: cell [{failed.Number}] ({failed.Position} of {notebook.Cells.Count}){line} failed: {failed.Error.Name}: {FailedCellText.FirstLine(failed.Error.Message)}"
                )
            );
            return CommandLine.Failure;
        }

        return CommandLine.Success;
    }

    private static async Task<int> RunAsync(CommandContext context, Request request, CancellationToken interrupt)
    {
        var jobs = Jobs(request);
        foreach (var (index, job) in jobs.Index())
        {
            if (jobs.Count > 1 && index > 0)
            {
                context.Out.WriteLine();
            }

            var exit = await RunAsync(context, job, request, interrupt);
            if (exit != CommandLine.Success)
            {
                return exit;
            }
        }

        return CommandLine.Success;
    }

    /// <summary>What is to be run and where it goes; all of it is looked at before the first cell runs.</summary>
    private static List<Job> Jobs(Request request)
    {
        if (request.InPlace && request.Out is not null)
        {
            throw new GaitPropException("--in-place and --out exclude each other: say where the outputs go.");
        }

        var jobs = request
            .Files.Select(file => new Job(
                file,
                Path.GetFullPath(file),
                Parametrised(file, request),
                [.. Targets(request, file).Distinct()]
            ))
            .ToList();
        foreach (var job in jobs)
        {
            RefuseOtherLanguages(job.Name, job.Notebook);
            if (request.InPlace && !HasOutputs(job.Name))
            {
                throw new GaitPropException(
                    $"'{job.Name}' keeps no outputs: name a place for a notebook that does with --out {Path.ChangeExtension(job.Name, NotebookFormat.Jupyter.Extension)}."
                );
            }

            if (!request.InPlace && job.Targets.Any(t => t.File == job.File && request.Out is null))
            {
                throw new GaitPropException(
                    $"--to {NotebookFormat.Jupyter.Name} would write '{job.Name}' itself: say so with --in-place, or name another place with --out."
                );
            }
        }

        Prepare(jobs.SelectMany(j => j.Targets.Select(target => (j.Name, target))));
        return jobs;
    }

    /// <summary>Looks at the places that notebooks go to, before anything is done.</summary>
    /// <param name="targets">The notebooks, and where they go.</param>
    /// <exception cref="GaitPropException">Two go to one place, or one cannot be written there.</exception>
    internal static void Prepare(IEnumerable<(string Name, NotebookTarget Target)> targets)
    {
        var all = targets.ToArray();
        if (all.GroupBy(t => t.Target.File).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new GaitPropException(
                $"{string.Join(" and ", twice.Select(j => $"'{j.Name}'"))} would both be saved as '{twice.Key}': run them one by one."
            );
        }

        if (all.Any(t => t.Target.Format == NotebookFormat.Pdf))
        {
            _ = InstalledChromium.Find();
        }

        foreach (var folder in all.Select(t => Path.GetDirectoryName(t.Target.File)!).Distinct())
        {
            FigureFiles.EnsureWritable(folder, "notebook");
        }
    }

    private static NotebookDocument Parametrised(string file, Request request)
    {
        var notebook = NotebookReader.Read(file);
        return request.Parameters.Length == 0
            ? notebook
            : NotebookParameters.Inject(notebook, file, request.Parameters, Suggestion.Unknown);
    }

    private static IEnumerable<NotebookTarget> Targets(Request request, string file)
    {
        if (request.InPlace)
        {
            yield return new(NotebookFormat.Jupyter, Path.GetFullPath(file));
        }

        if (request.Out is not null || request.To is not null)
        {
            yield return NotebookFormat.Target(file, request.Files.Length, "--out", request.Out, request.To, NotebookFormat.WithOutputs);
        }

        if (request.Html is not null)
        {
            yield return NotebookFormat.Target(
                file,
                request.Files.Length,
                "--html",
                request.Html,
                NotebookFormat.Html,
                NotebookFormat.WithOutputs
            );
        }
    }

    /// <exception cref="GaitPropException">The notebook is for another kernel.</exception>
    internal static void RefuseOtherLanguages(string name, NotebookDocument notebook)
    {
        if (notebook.Language is { } language && language is not ("C#" or "csharp" or "F#" or "fsharp" or "polyglot-notebook"))
        {
            throw new GaitPropException(
                $"'{name}' is a notebook in {language}, and only those in C# and F# can be run: run it in Jupyter with its own kernel."
            );
        }
    }

    internal static bool HasOutputs(string file) => !Path.GetExtension(file).Equals(DibFile.Extension, StringComparison.OrdinalIgnoreCase);

    private static async Task<int> RunAsync(CommandContext context, Job job, Request request, CancellationToken interrupt)
    {
        context.Out.Profile.Out.Writer.WriteLine(VisibleText.Of(job.Name));
        var outcome = await ExecuteAsync(context, job.File, job.Notebook, request.AllowErrors, request.Timeout, interrupt);
        foreach (var target in job.Targets)
        {
            target.Write(context, job.Notebook, job.File, outcome.Interrupted ? CancellationToken.None : interrupt);
        }

        var exit = Tell(context, job.Name, job.Notebook, outcome, job.Targets.Count == 0 ? "" : " What was made until then is saved.");
        if (exit == CommandLine.Success && outcome.Allowed > 0)
        {
            context.Out.WriteLine(Text($"{outcome.Allowed} of {outcome.Ran} cells failed, as they may."));
        }

        return exit;
    }

    /// <summary>Writes one file of text.</summary>
    /// <param name="file">The full path; its folder is created if needed.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="GaitPropException">It cannot be written: why, where, and what to do.</exception>
    internal static void Write(string file, string text) => Write([(file, Encoding.UTF8.GetBytes(text))]);

    /// <summary>Writes files that appear together, complete on the disk before they take their names.</summary>
    /// <param name="files">Their full paths, and what is in them; folders are created if needed. The last one is what was asked
    /// for.</param>
    /// <exception cref="GaitPropException">One cannot be written: why, where, and what to do.</exception>
    internal static void Write(IReadOnlyList<(string File, byte[] Content)> files)
    {
        try
        {
            using var set = new FileSet();
            foreach (var (file, content) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                set.Add(file, content);
            }

            set.Commit();
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException or ArgumentException)
        {
            throw new GaitPropException(
                $"'{files[^1].File}' was not written: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Name a place that you may write to.",
                e
            );
        }
    }

    private sealed record Request(
        string[] Files,
        (string Name, string Value)[] Parameters,
        string? Out,
        NotebookFormat? To,
        string? Html,
        bool InPlace,
        bool AllowErrors,
        double? Timeout
    );

    private sealed record Job(string Name, string File, NotebookDocument Notebook, IReadOnlyList<NotebookTarget> Targets);
}
