using System.Globalization;

namespace GaitProp.Notebook.Worker;

/// <summary>How a worker ended.</summary>
/// <param name="ExitCode">Its exit code; on Unix 128 and more stand for a signal.</param>
/// <param name="LastWords">The end of its standard error.</param>
internal sealed record WorkerEnd(int ExitCode, string LastWords)
{
    /// <summary>Lines of the last words that are shown.</summary>
    private const int LinesShown = 12;

    /// <summary>How the runtime begins its last words.</summary>
    private static readonly string[] Beginnings =
    [
        "Stack overflow",
        "Unhandled exception",
        "Fatal error",
        "Out of memory",
        "Process terminated",
    ];

    /// <summary>Where the runtime's last words begin in a text, or -1.</summary>
    /// <param name="text">What a worker wrote.</param>
    public static int WordsIn(string text) => Beginnings.Max(b => text.LastIndexOf(b, StringComparison.Ordinal));

    /// <summary>What happened, as the end of a sentence that begins with the process.</summary>
    public string What =>
        LastWords.Contains("Stack overflow.", StringComparison.Ordinal) ? $"died of a stack overflow ({Code})"
        : LastWords.Contains("Out of memory.", StringComparison.Ordinal) ? $"ran out of memory ({Code})"
        : LastWords.Contains("System.AccessViolationException", StringComparison.Ordinal)
            ? $"crashed in native code, or on a pointer that leads nowhere ({Code})"
        : LastWords.Contains("Unhandled exception.", StringComparison.Ordinal)
            ? $"died of an exception that no cell could catch, on a thread of its own ({Code})"
        : Signal switch
        {
            null when OperatingSystem.IsWindows() && ExitCode == unchecked((int)0xC0000005) => "crashed in native code (access violation)",
            null => ExitCode == 0 ? "ended itself (exit code 0)" : $"ended with {Code}",
            "SIGKILL" => "was killed (SIGKILL): by the system if memory ran out, else by hand",
            "SIGSEGV" or "SIGBUS" or "SIGILL" or "SIGFPE" => $"crashed in native code ({Signal})",
            "SIGABRT" => "was aborted (SIGABRT)",
            _ => $"was ended by {Signal}",
        };

    /// <summary>What it said last: from the runtime's words on, or else the last lines.</summary>
    public IReadOnlyList<string> Words
    {
        get
        {
            var lines = LastWords.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            int Beginning(int before) =>
                before <= 0
                    ? -1
                    : Array.FindLastIndex(lines, before - 1, line => Beginnings.Any(b => line.Contains(b, StringComparison.Ordinal)));

            // They need not begin a line: the cell may have written the first half of it. The runtime may fail a second time while it says
            // how it failed the first time: what it said first is the cause.
            var begin = Beginning(lines.Length);
            for (var earlier = Beginning(begin); earlier >= 0 && begin - earlier < LinesShown; earlier = Beginning(begin))
            {
                begin = earlier;
            }

            return begin >= 0 ? [.. lines.Skip(begin).Take(LinesShown)] : [.. lines.TakeLast(LinesShown)];
        }
    }

    private string Code => Signal ?? string.Create(CultureInfo.InvariantCulture, $"exit code {ExitCode}");

    private string? Signal =>
        OperatingSystem.IsWindows()
            ? null
            : (ExitCode - 128) switch
            {
                1 => "SIGHUP",
                2 => "SIGINT",
                3 => "SIGQUIT",
                4 => "SIGILL",
                6 => "SIGABRT",
                7 when OperatingSystem.IsLinux() => "SIGBUS",
                8 => "SIGFPE",
                9 => "SIGKILL",
                10 when OperatingSystem.IsMacOS() => "SIGBUS",
                11 => "SIGSEGV",
                13 => "SIGPIPE",
                15 => "SIGTERM",
                > 0 and < 65 and var number => string.Create(CultureInfo.InvariantCulture, $"signal {number}"),
                _ => null,
            };
}
