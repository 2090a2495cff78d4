using System.Globalization;
using System.Runtime.InteropServices;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// A worker and all that it started, which end together. On Windows there is no such thing: the tree of processes is ended instead.
/// </summary>
internal static partial class ProcessGroup
{
    private const int Kill = 9;
    private const int StopButton = 2;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int SetChildSubreaper = 36;
    private const int NoHang = 1;

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

    /// <summary>Sends a process the signal of Ctrl-C. Windows has none.</summary>
    /// <param name="process">The process.</param>
    public static void Interrupt(int process)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Signal(process, StopButton);
        }
    }

    /// <summary>
    /// From now on, processes whose parent has ended become children of this one, and not of the system's first: also those that have begun
    /// a group of their own (<c>setsid</c>), so that <see cref="EndAdopted"/> finds them. Linux only.
    /// </summary>
    public static void Adopt()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetProcess(SetChildSubreaper, 1, 0, 0, 0);
        }
    }

    /// <summary>
    /// Ends all children of this process, and theirs, until there are none; of one that cannot be ended no more is heard.
    /// </summary>
    /// <returns>What was ended: number and name.</returns>
    public static IReadOnlyList<string> EndAdopted()
    {
        var ended = new List<string>();
        for (var round = 0; OperatingSystem.IsLinux() && round < 50 && Children(Environment.ProcessId) is { Count: > 0 } children; round++)
        {
            foreach (var child in children)
            {
                if (Signal(child.Number, Kill) == 0 && round == 0)
                {
                    ended.Add(string.Create(CultureInfo.InvariantCulture, $"process {child.Number} ({child.Name})"));
                }

                _ = Wait(child.Number, 0, NoHang);
            }

            Thread.Sleep(10);
        }

        return ended;
    }

    private static List<(int Number, string Name)> Children(int parent)
    {
        var children = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                // 'PID (NAME) STATE PARENT ...', where the name may hold anything.
                if (
                    int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && File.ReadAllText(Path.Combine(folder, "stat")) is var stat
                    && stat.LastIndexOf(')') is > 0 and var end
                    && stat[(end + 2)..].Split(' ') is [not "Z", var above, ..]
                    && above == parent.ToString(CultureInfo.InvariantCulture)
                )
                {
                    children.Add((number, stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end]));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return children;
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

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetProcess(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int Wait(int process, nint status, int options);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);
}
