using System.Diagnostics;
using System.Globalization;

namespace GaitProp.Storage;

/// <summary>
/// Where a process runs, as far as one process can look at another: this boot of the machine, and on Linux the container's own count of
/// processes.
/// </summary>
internal static class ProcessPlace
{
    /// <summary>This place. Two machines never have the same, also if they have one name.</summary>
    public static string Here { get; } = Find();

    /// <summary>When this process began, in the system's own count; another process of its number has another.</summary>
    public static string Began { get; } = BeganOf(Environment.ProcessId) ?? "";

    /// <summary>Whether a process of this place is alive.</summary>
    /// <param name="pid">Its number.</param>
    /// <param name="began">When it began, by <see cref="Began"/>.</param>
    public static bool IsAlive(int pid, string began) => BeganOf(pid) == began;

    private static string Find()
    {
        try
        {
            return $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {new FileInfo("/proc/self/ns/pid").LinkTarget}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }

    private static string? BeganOf(int pid)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var process = Process.GetProcessById(pid);
                return process.HasExited ? null : process.StartTime.Ticks.ToString(CultureInfo.InvariantCulture);
            }

            // The name, in brackets, may hold anything; the state comes behind it and the start 19 fields later.
            var fields = File.ReadAllText(Text($"/proc/{pid}/stat")) is var line ? line[(line.LastIndexOf(')') + 2)..].Split(' ') : [];
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or InvalidOperationException
                        or System.ComponentModel.Win32Exception
            )
        {
            return null;
        }
    }
}
