using System.Globalization;

namespace GaitProp.Kernel.Engines;

/// <summary>Which run of the grid a task of an engine is for.</summary>
internal static class TaskIndex
{
    /// <summary>What <c>--index</c> may say instead of a number.</summary>
    public const string Auto = "auto";

    private const string Slurm = "SLURM_ARRAY_TASK_ID",
        Kubernetes = "JOB_COMPLETION_INDEX";

    /// <summary>Reads <c>--index</c>.</summary>
    /// <param name="word">Its word.</param>
    /// <param name="runs">How many runs the grid has.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <returns>The run's number, from 1.</returns>
    /// <exception cref="GaitPropException">It is no number, or no engine has said one, or the grid has no run of that number.</exception>
    public static int Read(string word, int runs, Func<string, string?> variable)
    {
        if (word != Auto)
        {
            return Within(word, 1, runs, $"--index {word} is not possible");
        }

        // Slurm's arrays are submitted from 1; Kubernetes counts from 0.
        return variable(Slurm) is { } slurm ? Within(slurm, 1, runs, $"array task {slurm} ({Slurm}) is not in the grid")
            : variable(Kubernetes) is { } kubernetes
                ? Within(kubernetes, 0, runs, $"completion index {kubernetes} ({Kubernetes}) is not in the grid")
            : throw new GaitPropException(
                $"--index auto finds no engine: neither {Slurm} nor {Kubernetes} is set; name the number of a run, or leave --index out to do them all here."
            );
    }

    private static int Within(string word, int first, int runs, string wrong) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index >= first && index - first < runs
            ? index - first + 1
            : throw new GaitPropException(
                Text($"{wrong}: the grid has {Count(runs, "run")}, numbered from {first}{(first == 0 ? $" to {runs - 1}" : "")}.")
            );
}
