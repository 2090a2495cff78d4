using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using GaitProp.Kernel.Jupyter;
using GaitProp.Kernel.Terminal;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// Works on cells of a grid in processes of their own, a few at once. What they write of themselves is their runs; here only progress comes
/// back.
/// </summary>
internal static partial class CellProcesses
{
    private const int InterruptSignal = 2;
    private const int WarningSignal = 10;

    private static readonly ConcurrentDictionary<int, Process> Alive = new();

    /// <summary>Tells the processes at work what a scheduler has told this one: that they leave a checkpoint. Linux only.</summary>
    public static void PassOnWarning()
    {
        foreach (var number in OperatingSystem.IsLinux() ? Alive.Keys : [])
        {
            _ = Signal(number, WarningSignal);
        }
    }

    /// <summary>Works on all cells.</summary>
    /// <param name="verb">The verb that completes a cell.</param>
    /// <param name="numbers">The cells' numbers.</param>
    /// <param name="jobs">Processes at once.</param>
    /// <param name="threads">Threads of each; the cores divided by the jobs if <see langword="null"/>.</param>
    /// <param name="words">The words of the command, without the cell.</param>
    /// <param name="progress">Takes a cell's progress.</param>
    /// <param name="report">Takes what a process says of its troubles.</param>
    /// <param name="cancellation">Asks the processes to stop; they leave checkpoints.</param>
    /// <returns>What went wrong, a line a cell.</returns>
    public static IReadOnlyDictionary<int, string> Run(
        string verb,
        IReadOnlyList<int> numbers,
        int jobs,
        int? threads,
        IReadOnlyList<string> words,
        Func<int, IProgress<TrainingProgress>> progress,
        Action<string> report,
        CancellationToken cancellation
    )
    {
        var share = threads ?? Math.Max(1, Environment.ProcessorCount / jobs);

        // The share takes the place of what was asked for.
        words = [.. words.Where((word, place) => word != "--threads" && (place == 0 || words[place - 1] != "--threads"))];
        var failures = new ConcurrentDictionary<int, string>();

        // One at a time, in order: a worker takes the next cell when it has done its last.
        Parallel.ForEach(
            Partitioner.Create(numbers, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = jobs },
            number =>
            {
                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                if (
                    Cell(
                        number,
                        [verb, .. words, "--index", Text($"{number}"), "--threads", Text($"{share}"), CompareCommand.CellOfAGrid],
                        progress(number),
                        report,
                        cancellation
                    ) is
                    { } failure
                )
                {
                    failures[number] = failure;
                }
            }
        );
        cancellation.ThrowIfCancellationRequested();
        return failures;
    }

    /// <summary>Works on one cell; what went wrong, in a line, or <see langword="null"/>.</summary>
    private static string? Cell(
        int number,
        IReadOnlyList<string> words,
        IProgress<TrainingProgress> progress,
        Action<string> report,
        CancellationToken cancellation
    )
    {
        var start = OwnProgram.Start(words);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = new Process { StartInfo = start };
        var said = new List<string>();
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is { Length: > 0 } line)
            {
                said.Add(line);
            }
        };
        process.Start();
        Alive[process.Id] = process;
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
        Alive.TryRemove(process.Id, out _);

        // The last line is how it ended; those before are what it had to report on the way.
        foreach (var line in said.SkipLast(1))
        {
            report(line);
        }

        return process.ExitCode is CommandLine.Success or CommandLine.Interrupted
            ? null
            : said.LastOrDefault() ?? Text($"cell {number} failed: its process ended with {process.ExitCode}");
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

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
