using System.CommandLine;
using System.Text;
using GaitProp.Experiments;
using GaitProp.Ranks;
using GaitProp.Runs;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>runs resume</c>: goes on with a run that did not come to its end.</summary>
internal static class RunsResumeCommand
{
    public static Command Build(CommandContext context)
    {
        var (runs, data) = (SharedOptions.Runs(), SharedOptions.Data());
        var run = RunsCommand.Run(runs);
        var execution = new ExecutionOptions(forResuming: true);
        var command = new Command(
            "resume",
            "Go on with a run that was killed, interrupted or stopped by an error, from its last checkpoint."
        )
        {
            run,
            runs,
            data,
        };
        execution.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                RankedWork.Do(
                    context,
                    (ranks, own) =>
                    {
                        // The others hear from the first which run it is, and of what.
                        var folder = ranks.Gather(
                            ranks.Together(() => ranks.IsFirst ? Resumable(parsed.GetValue(runs)!, parsed.GetValue(run)!) : "")
                        )[0];
                        var file = Path.Combine(folder, "run.json");
                        var json = ranks.Gather(ranks.IsFirst ? File.ReadAllText(file) : "")[0];
                        using var trainer = ranks.Together(() =>
                            Prepared(
                                own,
                                ranks,
                                folder,
                                RunRecord.ParseDescription(Encoding.UTF8.GetBytes(json), file),
                                parsed.GetValue(data),
                                execution.Read(parsed)
                            )
                        );
                        if (ranks.IsFirst)
                        {
                            RunReport.Show(
                                own,
                                [trainer.Rule],
                                progress => trainer.Resume(folder, progress[0], own.Error.WriteLine, cancellation)
                            );
                        }
                        else
                        {
                            trainer.Follow(cancellation);
                        }
                    }
                );
                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    /// <summary>The folder of a run that can be resumed.</summary>
    private static string Resumable(string runs, string run)
    {
        var summary = new RunStore(runs).Find(run);
        if (summary.Problem is { } problem)
        {
            throw new GaitPropException($"run {summary.Name} cannot be resumed: {problem}");
        }

        var description = RunRecord.ReadDescription(summary.Folder);
        if (description is { Recorded: not null, Status: not (RunStatus.Finished or RunStatus.Diverged) })
        {
            throw new GaitPropException(
                $"run {summary.Name} was recorded without its checkpoints and cannot go on: resume it where it was trained, or train it again."
            );
        }

        return description.CanResume
            ? summary.Folder
            : throw new GaitPropException(
                $"run {summary.Name} has {description.Status.ToString().ToLowerInvariant()}: there is nothing to resume."
            );
    }

    private static Trainer Prepared(
        CommandContext context,
        RankGroup ranks,
        string folder,
        RunDescription description,
        string? data,
        Execution chosen
    )
    {
        var experiment = ExperimentJson.FromJson(description.Experiment, Path.Combine(folder, "run.json"));
        var images = RunImages.Of(description.Data, (string?)description.Experiment["data"], data);
        var before = description.Environment.Device.Split(' ')[0];
        var device = RankedWork.Device(chosen.Device ?? (ranks.IsAlone ? before : before.Split(':')[0]), ranks);
        context.Out.WriteLine(
            Text(
                $"Resuming {experiment.Name}/{description.Name}: {Count(experiment.Epochs, "epoch")}{(ranks.IsAlone ? "" : Text($" on {ranks.Count} ranks"))}."
            )
        );
        context.Whole(TrainCommand.DataLine(context, images, description.Data.StandsInFor));
        if (ranks.IsAlone)
        {
            Trainer.UseThreadsOf(description, device);
        }

        return new Trainer(experiment, images, description.Data.StandsInFor, device, ranks)
        {
            CheckpointEvery = chosen.CheckpointEvery,
            TensorBoard = chosen.TensorBoard || (ranks.IsFirst && TensorBoardLog.IsIn(folder)),
            KeepEvery = chosen.KeepEvery,
        };
    }
}
