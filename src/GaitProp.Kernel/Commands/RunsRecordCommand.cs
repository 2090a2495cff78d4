using System.CommandLine;
using GaitProp.Runs;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>runs record</c>: keeps runs beside the figures that show them.</summary>
internal static class RunsRecordCommand
{
    public static Command Build(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var several = RunsCommand.Several("The runs; all if none is named", runs);
        several.Arity = ArgumentArity.ZeroOrMore;
        var to = SharedOptions.Folder("--to", "Folder of recorded runs.", "recorded");
        var timing = new Option<bool>("--timing") { Description = "Keep the times of steps, too." };
        var weights = new Option<bool>("--weights")
        {
            Description =
                "Keep the final weights, too: as float16 if that is measured to change test accuracy by less than 0.1 points, otherwise as they are. 'evaluate' and 'train --from' take them.",
        };
        var (data, device) = (SharedOptions.Data(), SharedOptions.Device());
        var command = new Command(
            "record",
            "Keep runs beside the figures that show them: settings, measurements and the command that made them, without checkpoints. Example: 'runs record last --weights --to notebooks/recorded'."
        )
        {
            several,
            runs,
            to,
            timing,
            weights,
            data,
            device,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                if (!parsed.GetValue(weights))
                {
                    SharedOptions.Refuse(parsed, "says nothing without --weights: leave it out.", data, device);
                }

                var store = new RunStore(parsed.GetValue(runs)!);

                // What has not come to the end of an epoch shows nothing.
                RunSummary[] summaries = parsed.GetValue(several) is { Length: > 0 } named
                    ? [.. named.Select(store.Find)]
                    :
                    [
                        .. RunStore
                            .Whole(store.List(), context.Error.WriteLine)
                            .Where(r => r.EpochsDone > 0 || r.State == RunState.Diverged),
                    ];
                if (summaries.Length == 0)
                {
                    throw new GaitPropException(
                        $"there is no run with an epoch in {store.Folder}: --runs names a folder of runs, and a run is named without it."
                    );
                }

                var keeper = parsed.GetValue(weights)
                    ? new WeightsKeeper(context, parsed.GetValue(data), ComputeDevice.Of(parsed.GetValue(device)), cancellation)
                    : null;
                foreach (
                    var folder in RunRecorder.Record(
                        summaries,
                        parsed.GetValue(to)!,
                        parsed.GetValue(timing),
                        (run, target) => keeper?.Keep(run, target)
                    )
                )
                {
                    context.Whole(folder);
                }

                foreach (var failure in keeper?.Failures ?? [])
                {
                    context.Error.WriteLine(failure);
                }

                return Task.FromResult(keeper is { Failures.Count: > 0 } ? CommandLine.Failure : CommandLine.Success);
            }
        );
        return command;
    }
}
