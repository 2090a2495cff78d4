using System.Text;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// What a worker writes to its standard output or error: what native code prints, and the runtime's last words. Passed on in batches; the
/// marks between cells are taken out.
/// </summary>
internal sealed class NativeText : IDisposable
{
    /// <summary>How long a batch gathers.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    /// <summary>Letters that go at once.</summary>
    private const int Full = 100_000;

    /// <summary>Letters of the end that are kept.</summary>
    private const int Kept = 50_000;

    /// <summary>
    /// Letters that are kept from the runtime's last words on: a stack that overflows may be longer than all that is kept of the end.
    /// </summary>
    private const int KeptOfWords = 2_000;

    private readonly Stream _stream;
    private readonly CellStream _name;
    private readonly byte[] _mark;
    private readonly Action<CellStream, string> _show;
    private readonly Lock _gate = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _batch = new();
    private readonly StringBuilder _tail = new();
    private readonly Timer _timer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<long, TaskCompletionSource> _reached = [];
    private long _last = -1;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">The worker's stream.</param>
    /// <param name="name">Which one it is.</param>
    /// <param name="word">The word of its marks.</param>
    /// <param name="show">Takes the text.</param>
    public NativeText(Stream stream, CellStream name, string word, Action<CellStream, string> show)
    {
        (_stream, _name, _show) = (stream, name, show);
        _mark = Encoding.ASCII.GetBytes($"\0{word}:");
        _timer = new Timer(_ => Flush());
        new Thread(Read) { IsBackground = true, Name = $"worker {name}" }.Start();
    }

    /// <summary>Completes at the end of the stream.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The end of what was written.</summary>
    public string Tail
    {
        get
        {
            lock (_gate)
            {
                return _tail.ToString();
            }
        }
    }

    /// <summary>Completes when all that was written before the end of a cell has been shown.</summary>
    /// <param name="cell">The cell.</param>
    public Task ReachedAsync(long cell)
    {
        lock (_gate)
        {
            if (_last >= cell)
            {
                return Task.CompletedTask;
            }

            if (!_reached.TryGetValue(cell, out var waiting))
            {
                waiting = _reached[cell] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return waiting.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Read()
    {
        // Behind what was read stands what may be the beginning of a mark.
        var buffer = new byte[1 << 16];
        var kept = 0;
        try
        {
            while (_stream.Read(buffer, kept, buffer.Length - kept) is > 0 and var count)
            {
                kept = Take(buffer.AsSpan(0, kept + count));
            }

            Add(buffer.AsSpan(0, kept));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The worker has gone.
        }

        Flush();
        _ended.TrySetResult();
    }

    /// <summary>Takes bytes up to what may be the beginning of a mark, and moves that to the front; how much it is.</summary>
    private int Take(Span<byte> bytes)
    {
        var left = bytes;
        while (left.IndexOf((byte)0) is >= 0 and var zero)
        {
            Add(left[..zero]);
            left = left[zero..];
            if (!left.StartsWith(_mark) && !_mark.AsSpan().StartsWith(left))
            {
                // A zero that somebody printed.
                Add(left[..1]);
                left = left[1..];
                continue;
            }

            var end = left.Length > _mark.Length ? left[_mark.Length..].IndexOf((byte)0) : -1;
            if (end < 0 && left.Length < _mark.Length + 20)
            {
                left.CopyTo(bytes);
                return left.Length;
            }

            if (end < 0 || !long.TryParse(left.Slice(_mark.Length, end), out var cell))
            {
                Add(left[..1]);
                left = left[1..];
                continue;
            }

            Flush();
            Reach(cell);
            left = left[(_mark.Length + end + 1)..];
        }

        Add(left);
        return 0;
    }

    private void Reach(long cell)
    {
        lock (_gate)
        {
            _last = cell;
            foreach (var passed in _reached.Keys.Where(k => k <= cell).ToArray())
            {
                _reached.Remove(passed, out var waiting);
                waiting!.TrySetResult();
            }
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        bool full;
        lock (_gate)
        {
            if (_batch.Length == 0)
            {
                _timer.Change(Gathering, Timeout.InfiniteTimeSpan);
            }

            Span<char> letters = stackalloc char[1024];
            while (!bytes.IsEmpty)
            {
                var some = bytes[..Math.Min(bytes.Length, 1000)];
                var count = _decoder.GetChars(some, letters, flush: false);
                _tail.Append(letters[..count]);
                _batch.Append(letters[..count]);
                bytes = bytes[some.Length..];
            }

            if (_tail.Length > 2 * Kept)
            {
                var cut = _tail.ToString(0, _tail.Length - Kept);
                _tail.Remove(0, cut.Length);
                if (WorkerEnd.WordsIn(cut) is >= 0 and var begun)
                {
                    _tail.Insert(0, cut.AsSpan(begun, Math.Min(KeptOfWords, cut.Length - begun)));
                }
            }

            full = _batch.Length > Full;
        }

        if (full)
        {
            Flush();
        }
    }

    private void Flush()
    {
        lock (_gate)
        {
            if (_batch.Length > 0)
            {
                var text = _batch.ToString();
                _batch.Clear();
                _show(_name, text);
            }
        }
    }
}
