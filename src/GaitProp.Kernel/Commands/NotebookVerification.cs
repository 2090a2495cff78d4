using System.CommandLine;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Notebooks;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>notebook verify FILE</c>: runs notebooks again and holds what they show against what is stored in them.</summary>
internal static partial class NotebookVerification
{
    public static Command Build(CommandContext context)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "The notebooks (.ipynb) with their outputs.",
            Arity = ArgumentArity.OneOrMore,
        };
        var against = SharedOptions.Word(
            "--against",
            "Run nothing: compare with FILE, the same notebook from another run, or with the notebooks of the same names in a folder.",
            "FILE"
        );
        var timeout = NotebookCommand.TimeoutOption();
        var verify = new Command(
            "verify",
            "Run notebooks again and compare their outputs with the stored ones: words, kinds of outputs, and numbers within 1 %, or what the metadata of a cell allows. Times are not compared, and the files stay as they are."
        )
        {
            files,
            against,
            timeout,
        };
        verify.SetAction(
            (parsed, interrupt) =>
            {
                if (parsed.GetValue(against) is not null)
                {
                    SharedOptions.Refuse(parsed, "says nothing to --against, which runs nothing: leave one of them out.", timeout);
                }

                return RunAsync(context, parsed.GetValue(files)!, parsed.GetValue(against), parsed.GetValue(timeout), interrupt);
            }
        );
        return verify;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        string[] files,
        string? against,
        double? timeout,
        CancellationToken interrupt
    )
    {
        if (against is not null && files.Length > 1 && !Directory.Exists(against))
        {
            throw new GaitPropException(
                $"--against '{against}' is no folder, and {files.Length} notebooks are to be compared: name the folder that holds their other runs."
            );
        }

        var jobs = files
            .Select(file =>
                (
                    File: file,
                    Stored: Read(file),
                    Fresh: Read(Directory.Exists(against) ? Path.Combine(against, Path.GetFileName(file)) : against ?? file)
                )
            )
            .ToArray();
        var result = CommandLine.Success;
        foreach (var (file, stored, fresh) in jobs)
        {
            if (against is null)
            {
                context.Out.Profile.Out.Writer.WriteLine(VisibleText.Of(file));
                var outcome = await NotebookCommand.ExecuteAsync(
                    context,
                    Path.GetFullPath(file),
                    fresh,
                    allowErrors: false,
                    timeout,
                    interrupt
                );
                var exit = NotebookCommand.Tell(context, file, stored, outcome, "");
                if (exit == CommandLine.Interrupted)
                {
                    return exit;
                }

                if (exit != CommandLine.Success)
                {
                    result = exit;
                    continue;
                }
            }

            var comparison = new NotebookComparison(OfThisTime());
            var differences = comparison.Compare(stored, fresh);
            foreach (var (position, what) in differences)
            {
                context.Error.Profile.Out.Writer.WriteLine(VisibleText.Of($"{file}: cell {position} of {stored.Cells.Count}: {what}"));
                result = CommandLine.Failure;
            }

            if (differences.Count == 0)
            {
                context.Out.Profile.Out.Writer.WriteLine(
                    VisibleText.Of($"{file}: as stored: {comparison.Cells} cells, {comparison.Numbers} numbers")
                );
            }
        }

        return result;
    }

    private static NotebookDocument Read(string file)
    {
        if (!NotebookCommand.HasOutputs(file))
        {
            throw new GaitPropException(
                $"'{file}' keeps no outputs that could be compared: convert it with 'notebook convert', run it with --in-place, and verify that."
            );
        }

        var notebook = NotebookReader.Read(file);
        NotebookCommand.RefuseOtherLanguages(file, notebook);
        return notebook;
    }

    /// <summary>
    /// The sign of something that took long; how a training's panel ends, as what an earlier run of the notebook has trained is not trained
    /// again; and the machine and version that a figure names.
    /// </summary>
    [GeneratedRegex(@"\A[^\n]+: done in [\d:]+\s*\z|\bdone (before|in)\b|\bMachine:[^;]{0,200};\s+GaitProp\s+\d[\w.+-]*")]
    private static partial Regex OfThisTime();
}
