using System.CommandLine;
using GaitProp.Kernel.Engines;
using GaitProp.Runs;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>sweep cancel</c>: asks all who work on a sweep to stop, and takes it from the engines that have it.</summary>
internal static class SweepCancelCommand
{
    public static Command Build(CommandContext context)
    {
        var (name, runs) = (SweepStatusCommand.Sweep(), SharedOptions.Runs());
        var command = new Command(
            "cancel",
            "Stop a sweep, wherever it is worked on. What is under way leaves a checkpoint, and the same sweep again goes on."
        )
        {
            name,
            runs,
        };
        command.SetAction(parsed =>
        {
            var store = parsed.GetValue(runs)!;
            var sweep = SweepRecord.Find(store, parsed.GetValue(name));

            // First of all, so that no worker begins another run.
            SweepRecord.Cancel(store, sweep.Name);
            var failures = new List<string>();
            foreach (var job in sweep.Jobs.DistinctBy(j => (j.Engine, j.Id)))
            {
                try
                {
                    if (job.Engine == SlurmArray.Name)
                    {
                        SlurmArray.Cancel(job.Id);
                    }
                    else
                    {
                        KubernetesJob.Cancel(job.Id);
                    }
                }
                catch (GaitPropException e)
                {
                    failures.Add($"{job.Engine} {job.Id} may still run: {e.Message}");
                }
            }

            // Of a job whose runs are all done nothing is left to stop, wherever it was.
            var isDone = failures.Count > 0 && SweepRunStatus.Of(store, sweep).All(s => s.State == SweepState.Done);
            if (isDone)
            {
                failures.Clear();
            }

            var jobs =
                isDone ? "; all its runs are done"
                : sweep.Jobs.Count > 0 && failures.Count == 0 ? "; its jobs are taken from the engine"
                : "";
            context.Out.WriteLine($"{sweep.Name} is cancelled: its workers stop within seconds and leave checkpoints{jobs}.");
            foreach (var failure in failures)
            {
                context.Error.WriteLine(failure);
            }

            return failures.Count == 0 ? CommandLine.Success : CommandLine.Failure;
        });
        return command;
    }
}
