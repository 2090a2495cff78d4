using System.Runtime.InteropServices;

namespace GaitProp.Runtime;

/// <summary>
/// Makes the C library keep memory that libtorch gave back. By default large blocks are mapped anew for every tensor and unmapped with it,
/// so that the system fills the same pages with zeros at every training step. A heap that is kept splits in time: a small block that stays
/// in the middle of a free large one takes its place from the next large one, which goes to the end. So what is free is given back now and
/// then (<see cref="GiveBack"/>).
/// </summary>
internal static partial class NativeHeap
{
    // Parameters of glibc's mallopt (malloc.h).
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    /// <summary>The largest block that is not mapped on its own.</summary>
    private const int LargestKept = 1 << 30;

    /// <summary>Memory free at the heap's end that is kept.</summary>
    private const int MostKept = int.MaxValue;

    private static bool s_kept;

    /// <summary>Sets both thresholds, unless the user did, or the C library is another one. To be called before tensors are made.</summary>
    public static void Keep()
    {
        if (
            !OperatingSystem.IsLinux()
            || !NativeLibrary.TryLoad("libc.so.6", out var library)
            || !NativeLibrary.TryGetExport(library, "mallopt", out _)
            || !NativeLibrary.TryGetExport(library, "malloc_trim", out _)
        )
        {
            return;
        }

        s_kept = true;
        if (Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null)
        {
            // An older glibc refuses more than half a heap of a thread's own; then that much.
            _ = SetOption(MapThreshold, LargestKept) != 0 || SetOption(MapThreshold, 1 << 25) != 0;
        }

        if (Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is null)
        {
            _ = SetOption(TrimThreshold, MostKept);
        }
    }

    /// <summary>
    /// Gives the pages of all free blocks back to the system, wherever in the heap they lie: they are filled anew when they are used again,
    /// which takes a second for several gigabytes.
    /// </summary>
    public static void GiveBack()
    {
        if (s_kept)
        {
            _ = Trim(0);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keptAtEnd);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
