using System.Diagnostics;
using System.Runtime.CompilerServices;
using GaitProp.Loading;

namespace GaitProp.Tests.Loading;

/// <summary>Processes of this test program that load a library in place of running tests, all at one signal.</summary>
internal static class StartedProcess
{
    private const string Variable = "GAITPROP_TEST_STARTED_PROCESS";

    /// <summary>Starts processes that call <see cref="PatchedLibrary.Ensure"/>; returns what each printed last.</summary>
    public static string[] Ensure(int count, string library, string version, string cache) =>
        Run(count, $"ensure|{library}|{version}|{cache}", cache);

    /// <summary>Starts processes that call <see cref="LibTorch.Load"/> with an own cache folder; returns what each printed last.</summary>
    public static string[] Load(int count, string cache) => Run(count, "load", cache);

    /// <summary>Takes the place of the tests in the processes that are started here.</summary>
    [ModuleInitializer]
    internal static void Act()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not { } words)
        {
            return;
        }

        Console.WriteLine("ready");
        Console.ReadLine();
        try
        {
            if (words[0] == "load")
            {
                LibTorch.Load();
                Console.WriteLine(LibTorch.IsPatched ? LibTorch.BridgeFile : "not patched");
            }
            else
            {
                using var copy = PatchedLibrary.Ensure(words[1], new SortedSet<string>([words[2]]), words[3]);
                Console.WriteLine(copy.Path);
            }
        }
        catch (GaitPropException e)
        {
            Console.WriteLine(e.Message);
            Environment.Exit(1);
        }

        Environment.Exit(0);
    }

    private static string[] Run(int count, string task, string cache)
    {
        var program = Environment.ProcessPath!;
        var processes = Enumerable
            .Range(0, count)
            .Select(_ =>
            {
                var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
                if (Path.GetFileNameWithoutExtension(program) == "dotnet")
                {
                    start.ArgumentList.Add(typeof(StartedProcess).Assembly.Location);
                }

                start.Environment[Variable] = task;
                start.Environment["XDG_CACHE_HOME"] = cache;
                return Process.Start(start)!;
            })
            .ToArray();
        try
        {
            Assert.All(processes, p => Assert.Equal("ready", p.StandardOutput.ReadLine()));
            foreach (var process in processes)
            {
                process.StandardInput.WriteLine();
            }

            return
            [
                .. processes.Select(p =>
                {
                    var said = p.StandardOutput.ReadToEnd().Trim();
                    p.WaitForExit();
                    Assert.True(p.ExitCode == 0, said);
                    return said;
                }),
            ];
        }
        finally
        {
            foreach (var process in processes)
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }

                process.Dispose();
            }
        }
    }
}
