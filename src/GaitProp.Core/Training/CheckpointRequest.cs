using System.Runtime.InteropServices;

namespace GaitProp.Training;

/// <summary>
/// Asks every run of this process for a checkpoint after the step under way: SIGUSR1 does, by which schedulers such as Slurm warn before
/// they end a job.
/// </summary>
internal static class CheckpointRequest
{
    private static int s_asked;

    /// <summary>How often it was asked.</summary>
    public static int Count => Volatile.Read(ref s_asked);

    /// <summary>Asks.</summary>
    public static void Ask() => Interlocked.Increment(ref s_asked);

    /// <summary>
    /// From now on the signal asks, until this is disposed of; without it the signal ends a process. <see langword="null"/> on Windows,
    /// which has no such signal.
    /// </summary>
    /// <param name="also">Called too, at each signal.</param>
    public static IDisposable? OnSignal(Action? also = null) =>
        OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(
                (PosixSignal)(OperatingSystem.IsMacOS() ? 30 : 10),
                signal =>
                {
                    signal.Cancel = true;
                    Ask();
                    also?.Invoke();
                }
            );
}
