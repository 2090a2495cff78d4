using System.Globalization;

namespace GaitProp.Ranks;

/// <summary>The engine that started this process as one of several: it says so in the environment.</summary>
internal static class RankEngine
{
    private const string Slurm = "Slurm's srun";

    private static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.so.80"],
        Mpich = ["libmpich.so.12", "libmpi.so.12"];

    /// <summary>
    /// How engines say which process this is, and of how many. Slurm says it to the tasks of a step alone, not to the script of a job.
    /// </summary>
    private static readonly (string Engine, string Rank, string Count)[] Engines =
    [
        ("Open MPI's mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        (Slurm, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
        ("MPICH's mpirun", "PMI_RANK", "PMI_SIZE"),
    ];

    /// <summary>
    /// Which rank the engine has made this process; <see langword="null"/> for a process that nobody started as one of several.
    /// </summary>
    public static int? LaunchedAs => Launched()?.Rank;

    /// <summary>Joins the ranks that were started together; all of them call it, once.</summary>
    /// <param name="version">What this process runs, which must be the same on all.</param>
    /// <returns>They, or <see cref="RankGroup.Alone"/> for a process that nobody started as one of several.</returns>
    /// <exception cref="GaitPropException">There is no MPI here, it does not see the others, or they run other versions.</exception>
    public static RankGroup Join(string version)
    {
        if (Launched() is not { } launched)
        {
            return RankGroup.Alone;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new GaitPropException(
                $"{launched.Engine} started {launched.Count} ranks, but training on several is for Linux: start one process."
            );
        }

        if (
            launched.Engine == Slurm
            && Environment.GetEnvironmentVariable("PMIX_RANK") is null
            && Environment.GetEnvironmentVariable("PMI_RANK") is null
        )
        {
            // Slurm does not end a step when one of its tasks ends; so the others have nothing to say.
            throw launched.Rank > 0
                ? new OperationCanceledException()
                : new GaitPropException(
                    $"{Slurm} started {launched.Count} ranks, but gave them no way to find each other: start them with srun --mpi=pmix for Open MPI, or --mpi=pmi2 for MPICH."
                );
        }

        // An engine and its library belong together. PMIx is Open MPI's way to ask; PMI is MPICH's.
        var isMpich =
            Environment.GetEnvironmentVariable("PMI_RANK") is not null
            && Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK") is null
            && Environment.GetEnvironmentVariable("PMIX_RANK") is null;
        string[] names = isMpich ? [.. Mpich, .. OpenMpi] : [.. OpenMpi, .. Mpich];
        var library =
            MpiLibrary.Start(names)
            ?? throw new GaitPropException(
                $"{launched.Engine} started {launched.Count} ranks, but no MPI is here to join them ({string.Join(", ", names)}): install Open MPI or MPICH, or name its folder in LD_LIBRARY_PATH."
            );
        if ((library.Rank, library.Count) != (launched.Rank, launched.Count))
        {
            throw new GaitPropException(
                $"{launched.Engine} started {launched.Count} ranks, but {library.Name} sees {library.Count}: start them with the mpirun that it belongs to, or with srun --mpi={(library.IsOpenMpi ? "pmix" : "pmi2")}."
            );
        }

        var ranks = new MpiRanks(library);
        var versions = ranks.Gather(version);
        return Enumerable.Range(1, ranks.Count - 1).FirstOrDefault(rank => versions[rank] != versions[0]) is > 0 and var other
            ? throw new GaitPropException(
                $"{ranks.Name(other)} runs {versions[other]}, but {ranks.Name(0)} runs {versions[0]}: give all ranks the same version."
            )
            : ranks;
    }

    private static (string Engine, int Rank, int Count)? Launched()
    {
        foreach (var (engine, rank, count) in Engines)
        {
            if (Number(rank) is { } number && Number(count) is > 1 and var all)
            {
                return (engine, number, all);
            }
        }

        return null;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
