using System.Diagnostics;

namespace GaitProp.Data;

/// <summary>The speed of a transfer over its last few seconds.</summary>
internal sealed class TransferRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    private readonly Queue<(TimeSpan Time, long Bytes)> _samples = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _last = TimeSpan.MinValue;
    private long _bytes;

    /// <summary>Counts further bytes.</summary>
    /// <param name="count">How many came in since the last call.</param>
    /// <returns>Bytes per second; 0 until that can be told.</returns>
    public double Add(long count)
    {
        _bytes += count;
        var now = _clock.Elapsed;
        if (_samples.Count == 0 || now - _last >= Spacing)
        {
            _samples.Enqueue((now, _bytes));
            _last = now;
        }

        while (_samples.Count > 2 && now - _samples.Peek().Time > Window)
        {
            _samples.Dequeue();
        }

        var (start, before) = _samples.Peek();
        var seconds = (now - start).TotalSeconds;
        return seconds < 0.2 ? 0 : (_bytes - before) / seconds;
    }
}
