using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using GaitProp.Runs;

namespace GaitProp.Tests.Runs;

/// <summary>
/// A process of its own, this test program with a variable set, that does one thing with a run in place of running tests.
/// </summary>
internal sealed class RunProcess : IDisposable
{
    private const string Variable = "GAITPROP_TEST_RUN_PROCESS";
    private readonly Process _process;
    private readonly List<Process> _children = [];

    /// <summary>Starts it; it waits for <see cref="Go"/>.</summary>
    /// <param name="task">take, take-with-child, or delete.</param>
    /// <param name="folder">The run's folder.</param>
    public RunProcess(string task, string folder)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(RunProcess).Assembly.Location);
        }

        start.Environment[Variable] = $"{task}|{folder}";
        _process = Process.Start(start)!;
        Assert.Equal("ready", _process.StandardOutput.ReadLine());
    }

    public int Id => _process.Id;

    /// <summary>A process that holds the lock of a run.</summary>
    public static RunProcess Holding(string folder)
    {
        var process = new RunProcess("take", folder);
        process.Go();
        Assert.Equal("held", process.Said());
        return process;
    }

    /// <summary>Lets it do its task.</summary>
    public void Go() => _process.StandardInput.WriteLine();

    /// <summary>Its next line; <see langword="null"/> if it has ended.</summary>
    public string? Said() => _process.StandardOutput.ReadLine();

    /// <summary>The process that it started, which outlives it.</summary>
    public Process Child()
    {
        _children.Add(Process.GetProcessById(int.Parse(Said()!, CultureInfo.InvariantCulture)));
        return _children[^1];
    }

    /// <summary>Kills it (SIGKILL): it can tidy nothing up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        foreach (var child in _children)
        {
            child.Kill();
            child.Dispose();
        }
    }

    /// <summary>Takes the place of the tests in the process that is started here.</summary>
    [ModuleInitializer]
    internal static void Act()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var task, var folder])
        {
            return;
        }

        Console.WriteLine("ready");
        Console.ReadLine();
        if (task == "delete")
        {
            new RunStore(Path.Combine(folder, "..", "..")).Delete(new RunStore(Path.Combine(folder, "..", "..")).Find(folder));
            Console.WriteLine("deleted");
            Environment.Exit(0);
        }

        using var held = RunLock.TryTake(folder);
        Console.WriteLine(held is null ? "busy" : "held");
        if (task == "take-with-child")
        {
            using var child = Process.Start(new ProcessStartInfo("sleep", "600") { RedirectStandardOutput = true })!;
            Console.WriteLine(child.Id);
        }

        Console.ReadLine();
        Environment.Exit(0);
    }
}
