using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>Where a run of a sweep stands.</summary>
internal enum SweepState
{
    /// <summary>Finished, or diverged, which is a result too.</summary>
    Done,

    /// <summary>A worker is at work on it.</summary>
    Running,

    /// <summary>It was begun, and nobody is at work on it: whoever is next takes it up from its checkpoint.</summary>
    Stopped,

    /// <summary>Stopped by an error.</summary>
    Failed,

    /// <summary>Nobody has begun it.</summary>
    Missing,
}

/// <summary>A run of a sweep and where it stands.</summary>
/// <param name="Run">The run.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Summary">What its folder tells; <see langword="null"/> if it has none.</param>
/// <param name="Worker">Who is at work on it.</param>
/// <param name="Silence">How long ago the worker's heartbeat was written, both times by the clock of the file system;
/// <see langword="null"/> if that is not known.</param>
internal sealed record SweepRunStatus(SweepRun Run, SweepState State, RunSummary? Summary, Heartbeat? Worker, TimeSpan? Silence)
{
    /// <summary>Looks at all runs of a sweep.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="sweep">The sweep.</param>
    /// <exception cref="GaitPropException">The store cannot be read.</exception>
    public static IReadOnlyList<SweepRunStatus> Of(string runs, SweepRecord sweep)
    {
        var known = new RunStore(runs).ListExperiment(sweep.Experiment).Where(r => r.Identity is not null).ToLookup(r => r.Identity!);
        var now = new Lazy<DateTime?>(() => Now(SweepRecord.FolderOf(runs, sweep.Name)));
        return
        [
            .. sweep.Runs.Select(run =>
                Look(run, [.. known[run.Identity]], CellClaim.Holder(CellClaim.Stem(runs, sweep.Experiment, run.Identity)), now)
            ),
        ];
    }

    private static SweepRunStatus Look(SweepRun run, RunSummary[] known, (string File, Heartbeat Beat)? holder, Lazy<DateTime?> now)
    {
        if (known.FirstOrDefault(r => r.IsDone) is { } done)
        {
            return new(run, SweepState.Done, done, null, null);
        }

        if (holder is var (file, beat) && (!beat.IsHere || beat.IsAliveHere))
        {
            return new(run, SweepState.Running, known.LastOrDefault(), beat, now.Value - File.GetLastWriteTimeUtc(file));
        }

        // Whoever trains it without a grid has no heartbeat.
        return (known.LastOrDefault(r => r.IsAlive) ?? known.LastOrDefault(r => r.Problem is null)) is { } last
            ? new(
                run,
                last.State switch
                {
                    RunState.Running => SweepState.Running,
                    RunState.Failed => SweepState.Failed,
                    _ => SweepState.Stopped,
                },
                last,
                null,
                null
            )
            : new(run, SweepState.Missing, null, null, null);
    }

    /// <summary>What time it is where files get theirs: that of a server is not that of this machine.</summary>
    private static DateTime? Now(string folder)
    {
        var file = Path.Combine(folder, $".now.{Path.GetRandomFileName()}");
        try
        {
            File.WriteAllBytes(file, []);
            return File.GetLastWriteTimeUtc(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            AtomicFile.Quietly(() => File.Delete(file));
        }
    }
}
