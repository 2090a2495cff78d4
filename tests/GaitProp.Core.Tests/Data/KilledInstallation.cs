using System.Diagnostics;
using System.Runtime.CompilerServices;
using GaitProp.Data;

namespace GaitProp.Tests.Data;

/// <summary>An installation in a process of its own, this test program with a variable set, that is killed at a chosen step.</summary>
internal static class KilledInstallation
{
    private const string Variable = "GAITPROP_TEST_KILLED_INSTALLATION";

    /// <summary>Runs it and kills it when it reports a step.</summary>
    /// <param name="from">A file, a folder, or an address that begins with http.</param>
    /// <param name="destination">Where to install.</param>
    /// <param name="step">The number of the step, from 0.</param>
    /// <returns>False if it ended before.</returns>
    public static bool Run(string from, string destination, int step)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledInstallation).Assembly.Location);
        }

        start.Environment[Variable] = $"{from}|{destination}";
        using var process = Process.Start(start)!;
        for (; process.StandardOutput.ReadLine() is not null; step--)
        {
            if (step == 0)
            {
                process.Kill();
                process.WaitForExit();
                return true;
            }

            process.StandardInput.WriteLine();
        }

        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return false;
    }

    /// <summary>Takes the place of the tests in the process that <see cref="Run"/> starts.</summary>
    [ModuleInitializer]
    internal static void Install()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var from, var destination])
        {
            return;
        }

        var tiny = new TinyCifar10();
        var isAddress = from.StartsWith("http", StringComparison.Ordinal);
        var installer = new DataInstaller(tiny.PublishedIn(tiny.Archive()), destination)
        {
            Address = isAddress ? new Uri(from) : null,
            Progress = progress =>
            {
                Console.WriteLine(progress);
                Console.ReadLine();
            },
        };
        var installation = isAddress
            ? installer.DownloadAsync(CancellationToken.None)
            : installer.ImportAsync(from, CancellationToken.None);
        installation.GetAwaiter().GetResult();
        Environment.Exit(0);
    }
}
