using System.Diagnostics;

namespace GaitProp.Tests;

/// <summary>What a shell makes of a command line.</summary>
internal static class ShellWords
{
    /// <summary>The words that a program would get.</summary>
    public static string[] Of(string command)
    {
        using var shell = Process.Start(
            new ProcessStartInfo("sh", ["-c", $"printf '%s\\n' {command}"]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var (output, error) = (shell.StandardOutput.ReadToEnd(), shell.StandardError.ReadToEnd());
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, $"{command}: {error}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
