using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Commands;

/// <summary>Shows a run while it trains, and what came of it: its numbers, or how to go on.</summary>
internal static class RunReport
{
    /// <summary>Trains one run.</summary>
    /// <param name="context">Where it is shown.</param>
    /// <param name="labels">What the progress is called.</param>
    /// <param name="train">Trains it.</param>
    /// <exception cref="GaitPropException">The run diverged, or could not be written.</exception>
    public static RunRecord Show(
        CommandContext context,
        IReadOnlyList<string> labels,
        Func<IReadOnlyList<IProgress<TrainingProgress>>, RunRecord> train
    )
    {
        RunRecord? run = null;
        try
        {
            context.ShowTraining(display => run = train([.. labels.Select(display.Add)]));
        }
        catch (RunInterruptedException e)
        {
            context.WholeError(Interrupted(e, context.Prompt));
            throw;
        }

        context.Result(
            run!,
            () =>
            {
                context.Show(ComparisonTable.Of([run!]));
                context.Whole(run!.Folder);
            }
        );
        return run!.Description.Status == RunStatus.Diverged ? throw new GaitPropException(run.Description.Error!) : run;
    }

    /// <summary>How an interrupted run goes on.</summary>
    public static string Interrupted(RunInterruptedException run, string prompt) =>
        Text($"Interrupted after step {run.Step}. Go on with: {prompt} runs resume {Quoted(run.Folder)}");

    /// <summary>A path as a shell takes it, relative where that is shorter.</summary>
    private static string Quoted(string folder)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, folder);
        var path = relative.Length < folder.Length ? relative : folder;
        return CommandWord.Quoted(path);
    }
}
