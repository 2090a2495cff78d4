using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GaitProp.Tests;

/// <summary>What a finished <c>gaitprop</c> process left behind.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error)
{
    /// <summary>The error is one line and no stack trace.</summary>
    public string OneErrorLine()
    {
        var line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        return line;
    }
}

/// <summary>The real program in a process of its own, in a folder of its own, without the user's data.</summary>
internal sealed partial class GaitPropProcess : IDisposable
{
    private const int Interrupt = 2;

    /// <summary>The folder that the program runs in; gone with this object.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public string this[params string[] path] => Path.Combine([Folder, .. path]);

    /// <summary>Runs a command line to its end, in a process of the program that may have run others before.</summary>
    public Finished Run(params string[] args) => RunIn([], args);

    /// <summary>The same with environment variables.</summary>
    public Finished RunIn((string Name, string Value)[] variables, params string[] args) =>
        WarmProgram.Run(Info([]), [Cache, .. variables], args);

    /// <summary>Runs a command line to its end in a process of its own, where that is the point.</summary>
    public Finished RunAlone(params string[] args) => Finish(Start(args));

    /// <summary>
    /// A process of its own for command lines one after the other, where what it has loaded or what it may do is the point.
    /// </summary>
    /// <param name="under">The words of a program that starts it, such as <c>setpriv</c>; none if it needs no such program.</param>
    public WarmProgram InOneProcess(params string[] under) => new(Info([], under));

    public Process Start(params string[] args) => StartIn([], args);

    /// <summary>The same with environment variables.</summary>
    public Process StartIn((string Name, string Value)[] variables, params string[] args) => StartUnder([], variables, args);

    /// <summary>The same as several processes that an engine starts, such as <c>mpirun -n 2</c>.</summary>
    public Process StartUnder(string[] engine, (string Name, string Value)[] variables, params string[] args)
    {
        var start = Info(args, engine);
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private (string Name, string Value) Cache => ("XDG_CACHE_HOME", this["cache"]);

    private ProcessStartInfo Info(string[] args, params string[] engine)
    {
        // A shell's background job is started with SIGINT ignored, and so are its children: the tests may run in one.
        string[] words = [.. engine, "dotnet", Path.Combine(AppContext.BaseDirectory, "gaitprop.dll"), .. args];
        var start = new ProcessStartInfo(
            OperatingSystem.IsLinux() ? "env" : words[0],
            OperatingSystem.IsLinux() ? ["--default-signal=INT", .. words] : words[1..]
        )
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("GAITPROP_DATA");
        start.Environment[Cache.Name] = Cache.Value;

        // Tests run side by side: with a thread for each core every one of them would wait for the others, spinning.
        start.Environment["OMP_NUM_THREADS"] = "1";
        return start;
    }

    public static Finished Finish(Process process)
    {
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(10)), "the program does not end");
            return new Finished(process.ExitCode, output, error.Result);
        }
    }

    /// <summary>Presses Ctrl-C.</summary>
    public static void PressControlC(Process process) => Signal(process, Interrupt);

    /// <summary>Sends a signal.</summary>
    public static void Signal(Process process, int signal) => Assert.Equal(0, Kill(process.Id, signal));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
