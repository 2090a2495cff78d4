using System.Collections.Concurrent;

namespace GaitProp.Storage;

/// <summary>What is known of a worker.</summary>
internal enum WorkerLife
{
    /// <summary>Its process is there, or its heartbeat has changed while it was watched.</summary>
    Alive,

    /// <summary>Its process is gone, or its heartbeat has not changed for long.</summary>
    Dead,

    /// <summary>It has not been watched for long enough.</summary>
    Unsure,
}

/// <summary>
/// Tells living workers from dead ones. On this machine it looks at the process. Of others it sees heartbeats alone, and measures by its
/// own clock how long they have not changed: what time another machine believes it is does not matter.
/// </summary>
/// <param name="patience">How long a heartbeat may stay the same; the usual time if <see langword="null"/>.</param>
/// <param name="clock">The clock; the system's if <see langword="null"/>.</param>
internal sealed class HeartbeatWatch(TimeSpan? patience = null, TimeProvider? clock = null)
{
    /// <summary>From one heartbeat to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _patience = patience ?? (6 * Interval);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, (string Content, long Since, bool HasChanged)> _seen = new(StringComparer.Ordinal);

    /// <summary>What is known of the worker behind a file.</summary>
    /// <param name="file">Its heartbeat.</param>
    public WorkerLife Look(string file)
    {
        var beat = Heartbeat.Read(file);
        if (beat is { IsHere: true })
        {
            return beat.IsAliveHere ? WorkerLife.Alive : WorkerLife.Dead;
        }

        var content = beat?.ToString() ?? "";
        var now = _clock.GetTimestamp();
        var seen = _seen.AddOrUpdate(file, (content, now, false), (_, before) => before.Content == content ? before : (content, now, true));
        return _clock.GetElapsedTime(seen.Since, now) >= _patience ? WorkerLife.Dead
            : seen.HasChanged ? WorkerLife.Alive
            : WorkerLife.Unsure;
    }
}
