using System.CommandLine;
using GaitProp.Kernel.Engines;
using GaitProp.Runs;
using GaitProp.Storage;
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
            AtomicFile.Write(SweepRecord.CancelFile(store, sweep.Name), []);
            var failures = new List<string>();
            foreach (var job in sweep.Jobs)
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

            context.Out.WriteLine(
                $"{sweep.Name} is cancelled: its workers stop within seconds and leave checkpoints{(sweep.Jobs.Count > 0 && failures.Count == 0 ? "; its jobs are taken from the engine" : "")}."
            );
            foreach (var failure in failures)
            {
                context.Error.WriteLine(failure);
            }

            return failures.Count == 0 ? CommandLine.Success : CommandLine.Failure;
        });
        return command;
    }
}
