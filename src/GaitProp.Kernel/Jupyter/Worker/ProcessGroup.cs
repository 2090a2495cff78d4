using System.Runtime.InteropServices;

namespace GaitProp.Kernel.Jupyter.Worker;

/// <summary>A worker and all that it started, which end together. On Windows there is no such thing: the tree of processes is ended instead.</summary>
internal static partial class ProcessGroup
{
    private const int Kill = 9;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>Makes this process the first of a group of its own, away from the terminal.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = NewSession();
        }
    }

    /// <summary>Ends the group that a process began, at once.</summary>
    /// <param name="first">The process.</param>
    public static void End(int first)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Signal(-first, Kill);
        }
    }

    /// <summary>Keeps a file of this process from the programs that it starts.</summary>
    /// <param name="handle">The file.</param>
    public static void KeepFromChildren(SafeHandle handle)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Control((int)handle.DangerousGetHandle(), SetDescriptorFlags, CloseOnExec);
        }
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);
}
