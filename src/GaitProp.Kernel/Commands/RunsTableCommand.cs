using System.CommandLine;
using System.Text;
using GaitProp.Results;
using GaitProp.Storage;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>runs table</c>: results beside the paper's words, as Markdown.</summary>
internal static class RunsTableCommand
{
    public static Command Build(CommandContext context)
    {
        var runs = new Option<string[]>("--runs")
        {
            Description = "Folders of runs; can be given again. Default: runs.",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => ["runs"],
        };
        var times = new Option<string[]>("--times")
        {
            Description =
                "Folders of runs that were recorded with their times (--timing): what their settings cost, whatever their length, for rows that have no times; can be given again.",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = false,
        };
        var into = new Option<string[]>("--into")
        {
            Description =
                "Markdown files to write it into, between the marks '<!-- results: whole -->' (or short) and '<!-- /results -->'; can be given again. Printed if none is named.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = false,
        };
        var command = new Command(
            "table",
            "Print results beside the paper's words, as Markdown: accuracy over seeds, angles, cost, verdicts and reasons. Runs of different epochs have rows of their own."
        )
        {
            runs,
            times,
            into,
        };
        command.SetAction(parsed =>
        {
            var folders = parsed.GetValue(runs)!;
            var rows = context.Busy("Reading runs", () => ResultPage.Rows(folders, parsed.GetValue(times), context.Error.WriteLine));
            if (rows.Count == 0)
            {
                throw new GaitPropException(
                    $"there is no run with an epoch in {string.Join(" and ", folders.Select(Path.GetFullPath))}: --runs names another folder."
                );
            }

            if (parsed.GetValue(times) is { Length: > 0 } timed && rows.All(r => r.Timed.Count == 0))
            {
                throw new GaitPropException(
                    $"no run in {string.Join(" and ", timed.Select(Path.GetFullPath))} has times of a setting in the table: 'runs record --timing' keeps them."
                );
            }

            if (parsed.GetValue(into) is not { Length: > 0 } files)
            {
                context.Out.Profile.Out.Writer.Write(ResultPage.Whole(rows));
                return CommandLine.Success;
            }

            // All that can be wrong is found before anything is written.
            foreach (var (file, text) in files.Select(f => (f, ResultPage.Into(Page(f), rows, f))).ToArray())
            {
                AtomicFile.Write(file, Encoding.UTF8.GetBytes(text));
                context.Whole(Text($"{rows.Count} rows of {rows.Sum(r => r.Runs.Count)} runs in {file}"));
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static string Page(string file)
    {
        try
        {
            // Reading drops the byte order mark that may stand before it: it is written back.
            return File.ReadAllBytes(file).AsSpan().StartsWith(Encoding.UTF8.Preamble)
                ? $"\ufeff{File.ReadAllText(file)}"
                : File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {file}: {OneLine.Of(e)}; --into names a Markdown file that is there.", e);
        }
    }
}
