using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using GaitProp.Kernel.Terminal;
using GaitProp.Training;

namespace GaitProp.Kernel.Commands;

/// <summary>Works on cells of a grid in processes of their own, a few at once. What they write of themselves is their runs; here only progress comes back.</summary>
internal static partial class CellProcesses
{
    private const int InterruptSignal = 2;

    /// <summary>Works on all cells.</summary>
    /// <param name="numbers">The cells' numbers.</param>
    /// <param name="jobs">Processes at once.</param>
    /// <param name="threads">Threads of each; the cores divided by the jobs if <see langword="null"/>.</param>
    /// <param name="words">The words of the command, without the cell.</param>
    /// <param name="progress">Takes a cell's progress.</param>
    /// <param name="report">Takes what a process says of its troubles.</param>
    /// <param name="cancellation">Asks the processes to stop; they leave checkpoints.</param>
    /// <exception cref="GaitPropException">A process failed; the message is its own.</exception>
    public static void Run(
        IReadOnlyList<int> numbers, int jobs, int? threads, IReadOnlyList<string> words, Func<int, IProgress<TrainingProgress>> progress, Action<string> report, CancellationToken cancellation)
    {
        var share = threads ?? Math.Max(1, Environment.ProcessorCount / jobs);
        var failures = new List<string>();
        var gate = new Lock();
        Parallel.ForEach(numbers, new ParallelOptions { MaxDegreeOfParallelism = jobs }, number =>
        {
            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            var error = Cell(number, [.. words, "--index", Text(number), "--threads", Text(share), CompareCommand.CellOfAGrid], progress(number), cancellation);
            if (error is not null)
            {
                lock (gate)
                {
                    failures.Add(error);
                }
            }
        });
        cancellation.ThrowIfCancellationRequested();
        foreach (var failure in failures.Skip(1))
        {
            report(failure);
        }

        if (failures.Count > 0)
        {
            throw new GaitPropException(failures[0]);
        }
    }

    /// <summary>Works on one cell; what went wrong, in a line, or <see langword="null"/>.</summary>
    private static string? Cell(int number, IReadOnlyList<string> words, IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Itself(["compare", .. words]) };
        var last = "";
        process.ErrorDataReceived += (_, e) => last = e.Data is { Length: > 0 } line ? line : last;
        process.Start();
        process.BeginErrorReadLine();
        using var stop = cancellation.Register(() => Interrupt(process));
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (ProgressLines.Read(line) is { } told)
            {
                progress.Report(told);
            }
        }

        process.WaitForExit();
        return process.ExitCode is CommandLine.Success or CommandLine.Interrupted
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"cell {number} failed: {(last.Length > 0 ? last : $"its process ended with {process.ExitCode}")}");
    }

    /// <summary>This very program, whether it was started by its own name or through <c>dotnet</c>.</summary>
    private static ProcessStartInfo Itself(IEnumerable<string> words)
    {
        var assembly = typeof(CellProcesses).Assembly.Location;
        var host = Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
        var own = File.Exists(host);
        return new ProcessStartInfo(own ? host : "dotnet", own ? words : [assembly, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
    }

    private static void Interrupt(Process process)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // A console's Ctrl-C reaches all of its processes; there is no other way to ask.
                return;
            }

            _ = Signal(process.Id, InterruptSignal);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
