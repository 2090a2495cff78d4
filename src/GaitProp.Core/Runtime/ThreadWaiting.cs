using System.Runtime.InteropServices;

namespace GaitProp.Runtime;

/// <summary>
/// Makes libtorch's threads sleep while they wait for each other. By default OpenMP lets them spin, and as soon as anything else wants a
/// core (a second run, our own optimiser's threads) a training step takes several times as long.
/// </summary>
internal static partial class ThreadWaiting
{
    private const string Policy = "OMP_WAIT_POLICY";

    /// <summary>Sets the policy, unless the user did. To be called before libtorch is loaded: its OpenMP reads it once.</summary>
    public static void Sleep()
    {
        if (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable(Policy) is not null)
        {
            return;
        }

        // .NET keeps its own copy of the environment; a C library sees only what is set in C's.
        _ = SetVariable(Policy, "PASSIVE", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
