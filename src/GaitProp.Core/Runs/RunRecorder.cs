using System.Text;
using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>
/// Keeps runs beside the figures that show them: <c>run.json</c> and <c>metrics.jsonl</c>, without checkpoints and without the places of
/// this machine, and the command that made each. What comes of it is a store of runs like any other, small enough for a repository.
/// </summary>
internal static class RunRecorder
{
    /// <summary>The file of a recorded run that keeps its weights, if they were wanted.</summary>
    internal const string WeightsFile = "weights.safetensors";

    private const string ListFile = "README.md",
        ListTitle = "# Recorded runs";

    /// <summary>Records runs, and lists all that are in the folder in its <c>README.md</c>.</summary>
    /// <param name="runs">The runs; one that is under way is recorded as far as it is, and says so.</param>
    /// <param name="folder">The folder of recorded runs; a run that is there already is replaced.</param>
    /// <param name="timing">Whether to keep how long steps took. On a machine that was busy otherwise that says nothing.</param>
    /// <param name="beside">Given a run and the folder that it was recorded in, before the list is written: more to keep beside it.</param>
    /// <returns>The folders written.</returns>
    /// <exception cref="GaitPropException">A run is damaged, or the folder cannot be written.</exception>
    public static IReadOnlyList<string> Record(
        IEnumerable<RunSummary> runs,
        string folder,
        bool timing = false,
        Action<RunSummary, string>? beside = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        RunSummary[] all = [.. runs];
        foreach (var run in all)
        {
            Check(run, folder, timing);
        }

        foreach (var same in all.DistinctBy(r => r.Folder).GroupBy(r => Target(r, folder)).Where(g => g.Count() > 1))
        {
            throw new GaitPropException(
                $"{string.Join(" and ", same.Select(r => r.Folder))} would be recorded as {same.Key}, both: record one of them into another folder, with --to."
            );
        }

        var list = Path.Combine(folder, ListFile);
        if (File.Exists(list) && !File.ReadLines(list).FirstOrDefault("").StartsWith(ListTitle, StringComparison.Ordinal))
        {
            throw new GaitPropException(
                $"{list} is no list of recorded runs, and would be replaced by one: name a folder of their own for them, with --to."
            );
        }

        try
        {
            string[] written =
            [
                .. all.Select(run =>
                {
                    var target = Copy(run, folder, timing);
                    beside?.Invoke(run, target);
                    return target;
                }),
            ];
            AtomicFile.Write(list, Encoding.UTF8.GetBytes(Index(new RunStore(folder))));
            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(folder, e);
        }
    }

    /// <summary>What is wrong with one run is said before any is written.</summary>
    private static void Check(RunSummary run, string folder, bool timing)
    {
        var target = Target(run, folder);
        if (Path.GetFullPath(target) == Path.GetFullPath(run.Folder))
        {
            throw new GaitPropException($"run {run.QualifiedName} cannot be recorded where it is: name another folder with --to.");
        }

        if (run.Problem is { } problem)
        {
            throw new GaitPropException($"run {run.QualifiedName} cannot be recorded: {problem}.");
        }

        if (
            File.Exists(Path.Combine(target, "run.json"))
            && RunSummaryReader.Read(Path.GetFullPath(target)) is { Problem: null } there
            && there.Started != run.Started
        )
        {
            throw new GaitPropException(
                $"run {run.QualifiedName} cannot be recorded: {target} holds another run of that name, begun {there.Started.UtcDateTime:u}; name another folder with --to."
            );
        }

        if (timing && !File.Exists(Path.Combine(run.Folder, "timing.jsonl")))
        {
            throw new GaitPropException(
                $"run {run.QualifiedName} cannot be recorded with its times: it has none, as a run that was recorded without; leave out --timing."
            );
        }
    }

    private static string Target(RunSummary run, string folder) => Path.Combine(folder, run.Experiment, run.Name);

    private static string Copy(RunSummary run, string folder, bool timing)
    {
        var description = RunRecord.ReadDescription(run.Folder);
        var metrics = WholeLines(Path.Combine(run.Folder, "metrics.jsonl"));
        description = description with
        {
            Data = description.Data.WithoutPlace(),
            Origin = description.Origin is { } origin ? origin with { File = RunCommandLine.Portable(origin.File) } : null,
            Recorded = new RunRecording(description.Recorded?.Time ?? DateTimeOffset.UtcNow, Command(description)),
        };
        if (description.Status is RunStatus.Running or RunStatus.Interrupted)
        {
            var how = run.State switch
            {
                RunState.Running => "while it was under way",
                RunState.Stopped => "where its process ended without a word",
                _ => "where it was interrupted",
            };
            description = description with
            {
                Status = RunStatus.Interrupted,
                Error = description.Error ?? Text($"recorded after {run.EpochsDone} of {run.Epochs} epochs, {how}."),
            };
        }

        var target = Target(run, folder);
        Directory.CreateDirectory(target);
        var there = Path.Combine(target, "metrics.jsonl");
        if (File.Exists(there) && !File.ReadAllBytes(there).AsSpan().SequenceEqual(metrics))
        {
            // Weights and times of the run when it was less far.
            File.Delete(Path.Combine(target, WeightsFile));
            File.Delete(Path.Combine(target, "timing.jsonl"));
        }

        AtomicFile.Write(there, metrics);
        if (timing)
        {
            AtomicFile.Write(Path.Combine(target, "timing.jsonl"), WholeLines(Path.Combine(run.Folder, "timing.jsonl")));
        }

        AtomicFile.Write(Path.Combine(target, "run.json"), JsonSerializer.SerializeToUtf8Bytes(description, ExperimentJson.Options));
        return target;
    }

    /// <summary>
    /// The command that makes the run again: worked out anew where it was recorded before, for settings may be called otherwise today.
    /// </summary>
    private static string? Command(RunDescription run)
    {
        try
        {
            return RunCommandLine.Of(run) ?? run.Recorded?.Command;
        }
        catch (GaitPropException)
        {
            // Its rule is one that a notebook registers, or its preset is no longer there.
            return run.Recorded?.Command;
        }
    }

    /// <summary>A file up to its last whole line: the run may be under way.</summary>
    private static byte[] WholeLines(string file)
    {
        var content = SharedFile.ReadAll(file);
        return content[..(content.AsSpan().LastIndexOf((byte)'\n') + 1)];
    }

    private static string Index(RunStore store)
    {
        var text = new StringBuilder(
            $"""
            {ListTitle}

            Runs that `gaitprop runs record` has kept: settings (`run.json`) and measurements (`metrics.jsonl`), without checkpoints. The folder is a store of runs:
            `gaitprop runs list --runs` and `gaitprop figure` take it. Accuracy is that of the last epoch on the test images; the angle is the mean over all layers but the output, at the last step measured.
            DIR is the folder of photos that `gaitprop data prepare imagenet` has filled; `run.json` says which photos and names their checksum.

            | run | epochs | test accuracy | angle to BP | made by |
            |---|---:|---:|---:|---|

            """.ReplaceLineEndings("\n")
        );
        foreach (
            var run in store.List().Where(r => r.Problem is null).OrderBy(r => r.Experiment, StringComparer.Ordinal).ThenBy(r => r.Started)
        )
        {
            var command = RunRecord.ReadDescription(run.Folder).Recorded?.Command is { } words
                ? $"`{words}`"
                : "of an experiment or a rule that is not built in: `run.json` has its settings";
            text.Append(
                Text(
                    $"| {run.QualifiedName} | {run.EpochsDone} of {run.Epochs} | {(run.TestAccuracy is { } test ? Text($"{100 * test:F2} %") : "-")} | "
                )
            );
            text.Append(Text($"{(run.MeanAngle is { } angle ? $"{Degrees.Text(angle)}°" : "-")} | {command}{Weights(run)} |\n"));
        }

        return text.ToString();
    }

    private static string Weights(RunSummary run)
    {
        var file = new FileInfo(Path.Combine(run.Folder, WeightsFile));
        if (!file.Exists)
        {
            return "";
        }

        try
        {
            return $"; weights of step {SafetensorsFile.ReadTexts(file.FullName).GetValueOrDefault("step")} kept, {ByteCount.Megabytes(file.Length)}";
        }
        catch (GaitPropException)
        {
            return "; its weights are damaged";
        }
    }
}
