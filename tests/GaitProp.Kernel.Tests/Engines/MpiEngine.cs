namespace GaitProp.Kernel.Tests.Engines;

/// <summary>The programs that start ranks, where they are installed.</summary>
internal static class MpiEngine
{
    public const string OpenMpi = "mpirun.openmpi",
        Mpich = "mpirun.mpich";

    /// <summary>A program's file on the PATH; <see langword="null"/> if there is none.</summary>
    public static string? Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    /// <summary>Why a test that needs it is skipped.</summary>
    public static string Missing(string engine) =>
        $"there is no {engine}: apt-get install {(engine == Mpich ? "mpich" : "openmpi-bin libopenmpi3")}";

    /// <summary>The engine's words that start so many ranks of what follows; the test is skipped where it is not installed.</summary>
    /// <param name="engine">The engine's program.</param>
    /// <param name="ranks">How many.</param>
    /// <param name="patience">
    /// The seconds that Open MPI's gives the others until SIGTERM, and again until SIGKILL, when a rank has ended with an error; its own
    /// is one, in which a busy machine may not come to say its line. It waits so long in any case.
    /// </param>
    public static string[] Words(string engine, int ranks, int patience = 1)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Find(engine) is not null, Missing(engine));
        return engine == Mpich
            ? [engine, "-n", $"{ranks}"]
            :
            [
                engine,
                "--allow-run-as-root",
                "--oversubscribe",
                "--bind-to",
                "none",
                "--mca",
                "odls_base_sigkill_timeout",
                $"{patience}",
                "-n",
                $"{ranks}",
            ];
    }
}
