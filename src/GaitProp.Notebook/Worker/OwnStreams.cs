using System.Runtime.InteropServices;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// The worker's standard output and error, which code of a cell can close, or open as something else. Both are kept once more under other
/// numbers, and put back behind each cell: what a cell does to them lasts as long as the cell. Not on Windows.
/// </summary>
internal sealed partial class OwnStreams
{
    /// <summary>Above the numbers that programs choose for themselves.</summary>
    private const int Above = 200;

    private const int DuplicateAbove = 0;
    private const int DuplicateAboveCloseOnExec = 1030;

    private readonly (int Number, int Kept)[] _streams = OperatingSystem.IsWindows() ? [] : [(1, Keep(1)), (2, Keep(2))];

    /// <summary>Puts both back where they were.</summary>
    public void Restore()
    {
        foreach (var (number, kept) in _streams)
        {
            if (kept >= 0)
            {
                _ = Put(kept, number);
            }
        }
    }

    private static int Keep(int number) => Control(number, OperatingSystem.IsLinux() ? DuplicateAboveCloseOnExec : DuplicateAbove, Above);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Put(int from, int to);
}
