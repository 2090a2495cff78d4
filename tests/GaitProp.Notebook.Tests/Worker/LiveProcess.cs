namespace GaitProp.Notebook.Tests.Worker;

/// <summary>Which processes live, by Linux' <c>/proc</c>.</summary>
internal static class LiveProcess
{
    /// <summary>Whether a process lives; one that has ended and waits for its parent to notice does not.</summary>
    public static bool Exists(int process) => Stat(process) is { } stat && stat[0] != "Z";

    /// <summary>The processes that a process has started and that live.</summary>
    public static IReadOnlyList<int> ChildrenOf(int process) =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
                .Where(id =>
                    id > 0
                    && Stat(id) is { } stat
                    && stat[0] != "Z"
                    && stat[1] == process.ToString(System.Globalization.CultureInfo.InvariantCulture)
                ),
        ];

    /// <summary>State, parent and so on: what follows the program's name.</summary>
    private static string[]? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
