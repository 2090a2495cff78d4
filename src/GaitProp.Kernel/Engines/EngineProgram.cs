using System.ComponentModel;
using System.Diagnostics;

namespace GaitProp.Kernel.Engines;

/// <summary>A program of an engine, such as <c>sbatch</c>: started, and heard to its end.</summary>
internal static class EngineProgram
{
    /// <summary>Runs it.</summary>
    /// <param name="engine">The engine, as errors name it.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="advice">What to do where the program is not there, as the end of a sentence.</param>
    /// <param name="words">Its words.</param>
    /// <returns>What it wrote to its output.</returns>
    /// <exception cref="GaitPropException">It is not there, or it failed; one line says why.</exception>
    public static string Run(string engine, string program, string advice, params IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw new GaitPropException($"{program} of {engine} failed: {Said(error.Result, output)}");
        }
        catch (Win32Exception e)
        {
            throw new GaitPropException($"no {engine} is found: there is no {program} on the PATH; {advice}.", e);
        }
    }

    private static string Said(string error, string output) =>
        OneLine.Of(
            new IOException(
                error.Trim() is { Length: > 0 } said ? said
                : output.Trim() is { Length: > 0 } other ? other
                : "it does not say why"
            )
        );
}
