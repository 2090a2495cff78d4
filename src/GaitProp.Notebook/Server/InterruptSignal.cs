using System.Runtime.InteropServices;

namespace GaitProp.Notebook.Server;

/// <summary>The signal of front ends that have no other stop button.</summary>
internal static partial class InterruptSignal
{
    private const int Interrupt = 2;

    /// <summary>
    /// What a shell starts in the background, as <c>nohup jupyter lab &amp;</c> is, ignores SIGINT, and so do its children: a kernel would
    /// never see the signal. .NET leaves what is ignored ignored; so this comes before it is asked.
    /// </summary>
    public static void TakeAgain()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetHandler(Interrupt, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
