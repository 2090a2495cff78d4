using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GaitProp.Tests;

[assembly: AssemblyFixture(typeof(LoadedTorch))]

namespace GaitProp.Tests;

/// <summary>
/// libtorch, loaded before any test uses it, on one thread: most networks here are tiny, and tests run beside each other.
/// </summary>
public sealed partial class LoadedTorch
{
    public LoadedTorch() => LibTorch.Load();

    /// <summary>
    /// How many threads libtorch takes is a number of each thread of ours; what it is at first OpenMP reads once, when it is loaded. So a
    /// run is repeated to the byte, whichever thread a test gets.
    /// </summary>
    [ModuleInitializer]
    internal static void OneThread()
    {
        if (!OperatingSystem.IsWindows())
        {
            // .NET keeps its own copy of the environment; a C library sees only what is set in C's.
            _ = SetVariable("OMP_NUM_THREADS", "1", overwrite: 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
