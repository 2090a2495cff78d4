using System.CommandLine;
using GaitProp.Experiments;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Runtime;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// <c>compare EXPERIMENT</c>: a grid of rules and seeds. Each cell is a run of its own; cells that are done stay as they are, cells that
/// were stopped are taken up again, and any number of processes may work on one grid.
/// </summary>
internal static class CompareCommand
{
    /// <summary>Marks a process that <see cref="CellProcesses"/> started: its progress comes as lines for that process.</summary>
    public const string CellOfAGrid = "--progress-lines";

    /// <summary>Why an option of the whole grid is refused where <c>--index</c> asks for one run.</summary>
    public const string NotOfOne = "is of the whole grid, and --index does one run of it: leave one of them out.";

    public static Command Build(CommandContext context)
    {
        var options = new TrainingOptions();
        var rules = SharedOptions.Rules(null, variants: true);
        var seeds = SharedOptions.Seeds();
        var jobs = SharedOptions.Number(
            "--jobs",
            "Runs at once, each in a process of its own; they share the cores. Default: 1.",
            least: 1
        );
        var index = SharedOptions.Number(
            "--index",
            "Only the run with this number, from 1, for job arrays: the rules with the first seed, then with the second, …",
            least: 1
        );
        var save = SharedOptions.Save("Save accuracy and angles as a figure or table");
        var progress = new Option<bool>(CellOfAGrid) { Hidden = true };
        var command = new Command(
            "compare",
            "Train the runs of a comparison, rules by seeds, and show them side by side. Runs that are done are not repeated."
        );
        options.AddTo(command);
        foreach (var option in (Option[])[rules, seeds, jobs, index, save, progress])
        {
            command.Options.Add(option);
        }

        command.SetAction(
            (parsed, cancellation) =>
            {
                var request = options.Read(parsed);
                var cells = ExperimentGrid.Of(request.Document, parsed.GetValue(rules), parsed.GetValue(seeds), [], request.Choices);
                if (parsed.GetValue(index) > cells.Count)
                {
                    throw new GaitPropException(
                        $"--index {parsed.GetValue(index)} is not possible: the grid has {cells.Count} cells, numbered from 1."
                    );
                }

                if (parsed.GetResult(index) is { Implicit: false })
                {
                    SharedOptions.Refuse(parsed, NotOfOne, jobs, save);
                }

                FigureFiles.EnsureSavable(parsed.GetValue(save));

                Tf32.Check(cells.Any(c => c.Experiment.Tf32), request.Execution.OnDevice());
                FigureFiles.EnsureWritable(request.Runs, "run");
                var grid = new RunGrid(parsed.GetValue(progress) ? context.WithProgressLines() : context, request, cells);
                if (parsed.GetValue(index) is { } number)
                {
                    grid.CompleteOne(cells[number - 1], waits: false, cancellation);
                    return Task.FromResult(CommandLine.Success);
                }

                var atOnce = grid.Jobs(parsed.GetValue(jobs));
                var first = cells[0].Experiment;
                grid.Announce(
                    Text(
                        $"{request.Document.TitleOf(first)}: {Count(cells.Count, "run")}, preset {first.Preset}, {Count(first.Epochs, "epoch")}."
                    )
                );
                var records = grid.Complete(
                    "compare",
                    atOnce,
                    [.. options.WordsOf(parsed), .. grid.RulesAndSeeds],
                    options.Execution.Threads(parsed),
                    cancellation,
                    out var failures
                );
                var comparison = new RunComparison(request.Document.Name, request.Document.TitleOf(first), records);
                if (records.Count > 0)
                {
                    context.Result(comparison, () => ComparisonTable.Of(comparison));
                }

                var file = parsed.GetValue(save);
                if (failures.Count == 0 && file is not null)
                {
                    context.Whole(FigureFiles.Save(comparison.Figure, file));
                }

                return Task.FromResult(grid.Ended(failures, file));
            }
        );
        return command;
    }
}
