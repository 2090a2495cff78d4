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

    /// <summary>
    /// The engine's words that start so many ranks of what follows; the test is skipped where it is not installed. When a rank has ended
    /// with an error, Open MPI's gives the others a second until SIGTERM and another one until SIGKILL, if nobody says more: a busy machine
    /// needs longer to say its line.
    /// </summary>
    public static string[] Words(string engine, int ranks)
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
                "3",
                "-n",
                $"{ranks}",
            ];
    }
}
