using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GaitProp.Notebook.Server;

/// <summary>Notices that the process which started this one has ended: a kernel must not outlive its front end.</summary>
internal static partial class ParentWatch
{
    /// <summary>The variable in which Jupyter names its process (on Windows a handle of it).</summary>
    public const string Variable = "JPY_PARENT_PID";

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Completes when the parent has ended.</summary>
    /// <param name="cancellation">Ends the watch.</param>
    public static async Task EndedAsync(CancellationToken cancellation)
    {
        var named =
            long.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0;
        if (OperatingSystem.IsWindows())
        {
            if (named)
            {
                await Task.Run(() => WaitForHandle((nint)number, cancellation), cancellation);
            }
            else
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            return;
        }

        // An orphan is given to another parent. Where Jupyter names itself there may be a shell between the two, whose end means nothing.
        var parent = ParentProcess();
        using var timer = new PeriodicTimer(Pace);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (named ? !IsAlive((int)number) : ParentProcess() != parent)
            {
                return;
            }
        }
    }

    private static void WaitForHandle(nint handle, CancellationToken cancellation)
    {
        using var ended = new ManualResetEvent(false);
        ended.SafeWaitHandle = new SafeWaitHandle(handle, ownsHandle: false);
        WaitHandle.WaitAny([ended, cancellation.WaitHandle]);
        cancellation.ThrowIfCancellationRequested();
    }

    private static bool IsAlive(int process)
    {
        const int NotPermitted = 1;
        return Signal(process, 0) == 0 || Marshal.GetLastPInvokeError() == NotPermitted;
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentProcess();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
