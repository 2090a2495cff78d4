using System.Text;
using GaitProp.Kernel.Jupyter;

namespace GaitProp.Kernel.Engines;

/// <summary>A sweep as one job array of Slurm. Tasks are numbered as the runs are.</summary>
internal static class SlurmArray
{
    /// <summary>The engine's name.</summary>
    public const string Name = "slurm";

    /// <summary>How long before its time limit a task is warned, seconds: a step, and a checkpoint of a large network.</summary>
    private const int WarningSeconds = 120;

    /// <summary>The script that <c>sbatch</c> gets.</summary>
    public static string Script(EngineRequest request)
    {
        var directives = new StringBuilder();
        Add($"job-name=gaitprop-{request.Sweep}");
        Add($"array={Ranges(request.Left)}{(request.MaxRunning is { } most ? Text($"%{most}") : "")}");
        Add($"chdir={Quoted(Environment.CurrentDirectory)}");
        Add($"output={Quoted(Path.Combine(request.Folder.Replace("%", "%%", StringComparison.Ordinal), "slurm-%A_%a.log"))}");
        Add("open-mode=append");
        Add("requeue");
        Add("nodes=1");
        Add("ntasks=1");
        if (request.Partition is { } partition)
        {
            Add($"partition={partition}");
        }

        if (request.Gpus is > 0 and var gpus)
        {
            Add(Text($"gres=gpu:{gpus}"));
        }

        if (request.Cpus is { } cpus)
        {
            Add(Text($"cpus-per-task={cpus}"));
        }

        if (request.Memory is { } memory)
        {
            Add($"mem={memory}");
        }

        if (request.Time is { } time)
        {
            Add(Text($"time={(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"));

            // Half of a short time is left for work.
            Add(Text($"signal=B:USR1@{Math.Min(WarningSeconds, Math.Max(1, (int)time.TotalSeconds / 2))}"));
        }

        var start = OwnProgram.Start(request.TaskWords);
        return $"""
            #!/bin/bash
            {directives.ToString().TrimEnd()}

            # The program takes the shell's place, so that it is the one that Slurm warns and ends. A task that is warned leaves a checkpoint and puts itself back into the queue.
            exec {string.Join(' ', start.ArgumentList.Prepend(start.FileName).Select(Quoted))}

            """.ReplaceLineEndings("\n");

        void Add(string directive) => directives.Append("#SBATCH --").Append(directive).Append('\n');
    }

    /// <summary>Submits the script.</summary>
    /// <param name="script">Its file.</param>
    /// <returns>The job's number.</returns>
    /// <exception cref="GaitPropException">There is no Slurm, or it takes no such job.</exception>
    public static string Submit(string script)
    {
        try
        {
            return EngineProgram
                .Run(
                    "Slurm",
                    "sbatch",
                    "run this where Slurm is, leave --engine out to work here, or see with --dry-run what would be submitted",
                    "--parsable",
                    script
                )
                .Trim()
                .Split(';')[0];
        }
        catch (GaitPropException e)
            when (e.Message.Contains("array", StringComparison.OrdinalIgnoreCase)
                && e.Message.Contains("sbatch of", StringComparison.Ordinal)
            )
        {
            throw new GaitPropException(
                $"{e.Message.TrimEnd('.')}; this Slurm may allow smaller arrays only: see 'scontrol show config | grep MaxArraySize', and take several sweeps.",
                e
            );
        }
    }

    /// <summary>Cancels an array; its tasks leave checkpoints.</summary>
    /// <param name="job">Its number.</param>
    /// <exception cref="GaitPropException">There is no Slurm, or the job is not the user's.</exception>
    public static void Cancel(string job)
    {
        try
        {
            EngineProgram.Run("Slurm", "scancel", "run this where Slurm is", job);
        }
        catch (GaitPropException e) when (e.Message.Contains("Invalid job id", StringComparison.Ordinal))
        {
            // It has ended long ago.
        }
    }

    /// <summary>Whether this process is a task of an array.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <returns>What Slurm calls the task: <c>JOB_TASK</c>; <see langword="null"/> if it is none.</returns>
    public static string? Task(Func<string, string?> variable) =>
        variable("SLURM_ARRAY_JOB_ID") is { } job && variable("SLURM_ARRAY_TASK_ID") is { } task ? $"{job}_{task}" : null;

    /// <summary>Puts a task back into the queue, which ends it here.</summary>
    /// <param name="task">What Slurm calls it.</param>
    /// <exception cref="GaitPropException">Slurm does not do it.</exception>
    public static void Requeue(string task) =>
        EngineProgram.Run(
            "Slurm",
            "scontrol",
            "the run has a checkpoint, and submitting the same sweep again goes on with it",
            "requeue",
            task
        );

    /// <summary>Numbers as Slurm writes them: <c>1-3,7,9-10</c>.</summary>
    public static string Ranges(IReadOnlyList<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers)
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
            {
                ranges[^1] = (ranges[^1].First, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return string.Join(',', ranges.Select(r => r.First == r.Last ? Text($"{r.First}") : Text($"{r.First}-{r.Last}")));
    }

    /// <summary>A word as a shell takes it.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '=' or ',' or '+' or ':')
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
