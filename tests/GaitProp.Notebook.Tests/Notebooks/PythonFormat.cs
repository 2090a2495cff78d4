using System.Diagnostics;

namespace GaitProp.Notebook.Tests.Notebooks;

/// <summary>Python's nbformat, the reference of the format, where this machine has it.</summary>
internal static class PythonFormat
{
    private static readonly Lazy<string?> Found = new(() =>
        ((string[])["/usr/bin/python3", "python3", "python"]).FirstOrDefault(p => TryRun(p, "import nbformat", "") is { Exit: 0 })
    );

    /// <summary>Runs a script, with a text on its standard input.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string script, string input, params string[] args)
    {
        Assert.SkipWhen(Found.Value is null, "Python's nbformat is not installed.");
        var (exit, output, error) = TryRun(Found.Value!, script, input, args)!.Value;
        Assert.True(exit == 0, error);
        return output;
    }

    private static (int Exit, string Output, string Error)? TryRun(string python, string script, string input, params string[] args)
    {
        try
        {
            var start = new ProcessStartInfo(python, ["-c", script, .. args])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["PYTHONIOENCODING"] = "utf-8";
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            return (process.ExitCode, output.Result, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
