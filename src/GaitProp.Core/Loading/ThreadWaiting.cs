using System.Runtime.InteropServices;

namespace GaitProp.Loading;

/// <summary>
/// Makes libtorch's threads sleep when they have waited for each other for a moment. By default OpenMP lets them spin without end, and as
/// soon as anything else wants a core (a second run, our own optimiser's threads) a training step takes several times as long; if they
/// sleep at once, waking them takes a tenth of a step.
/// </summary>
internal static partial class ThreadWaiting
{
    /// <summary>How often a waiting thread looks again before it sleeps: some tens of microseconds.</summary>
    private const string Looks = "5000";

    /// <summary>What OpenMP in general, and GNU's in particular, reads once, when it is loaded.</summary>
    private static readonly string[] Variables = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"];

    /// <summary>Sets how threads wait, unless the user did. To be called before libtorch is loaded.</summary>
    public static void Sleep()
    {
        if (OperatingSystem.IsWindows() || Variables.Any(v => Environment.GetEnvironmentVariable(v) is not null))
        {
            return;
        }

        // .NET keeps its own copy of the environment; a C library sees only what is set in C's.
        _ = SetVariable(Variables[0], "PASSIVE", overwrite: 0);
        _ = SetVariable(Variables[1], Looks, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
