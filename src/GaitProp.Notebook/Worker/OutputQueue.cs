using System.Text;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// Outputs on their way to the server, in order. They go in batches: pieces of text that follow one another become one, updates of one
/// display become the last of them. Whoever makes more than the server takes has to wait.
/// </summary>
internal sealed class OutputQueue
{
    /// <summary>How long a batch gathers: a person sees no difference.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    /// <summary>Letters that may wait.</summary>
    private const int MostWaiting = 1_000_000;

    /// <summary>Letters that go at once.</summary>
    private const int Full = 100_000;

    private readonly object _gate = new();
    private readonly object _sending = new();
    private readonly List<Entry> _waiting = [];
    private readonly FramePipe _pipe;
    private long _letters;

    /// <summary>Begins to send.</summary>
    /// <param name="pipe">Takes the batches.</param>
    public OutputQueue(FramePipe pipe)
    {
        _pipe = pipe;

        // A thread of its own: a cell may keep all others busy.
        new Thread(SendBatches) { IsBackground = true, Name = "cell output" }.Start();
    }

    /// <summary>Adds text.</summary>
    /// <param name="cell">Whose it is.</param>
    /// <param name="stream">Of which stream.</param>
    /// <param name="text">The text.</param>
    public void Write(long cell, CellStream stream, string text)
    {
        lock (_gate)
        {
            if (_waiting is [.., { Text: { } last } entry] && entry.Cell == cell && entry.Stream == stream)
            {
                last.Append(text);
            }
            else
            {
                ForgetCleared(cell);
                _waiting.Add(new Entry(cell, stream, new StringBuilder(text), null, null));
            }

            Added(text.Length);
        }

        MakeRoom();
    }

    /// <summary>Adds anything else.</summary>
    /// <param name="cell">Whose it is.</param>
    /// <param name="output">What to send.</param>
    /// <param name="letters">About how long it is.</param>
    /// <param name="displayId">The display that it updates, if it does.</param>
    public void Add(long cell, Output output, long letters, string? displayId = null)
    {
        lock (_gate)
        {
            if (displayId is null)
            {
                ForgetCleared(cell);
            }

            var entry = new Entry(cell, default, null, output, displayId);
            var at = displayId is null ? -1 : _waiting.FindLastIndex(e => e.Updates == displayId);
            if (at < 0)
            {
                _waiting.Add(entry);
            }
            else if (_waiting.FindIndex(at + 1, e => e.Output is Displayed shown && shown.DisplayId == displayId) < 0)
            {
                // In the place of the old one: text before and behind it stays in one piece.
                _waiting[at] = entry;
            }
            else
            {
                // Something was shown under the same name since; the update is for that too.
                _waiting.RemoveAt(at);
                _waiting.Add(entry);
            }

            Added(letters);
        }

        MakeRoom();
    }

    /// <summary>Clears what a cell has shown; what of it nobody has seen yet is not sent any more.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="wait">Only when the next output comes. If none comes, all of it is sent and stays.</param>
    public void Clear(long cell, bool wait)
    {
        lock (_gate)
        {
            if (!wait)
            {
                _waiting.RemoveAll(e => e.Cell == cell && e.Updates is null);
            }
            else if (WaitingClear(cell) is not null)
            {
                return;
            }

            _waiting.Add(new Entry(cell, default, null, new Cleared(wait) { Id = cell }, null));
            Added(0);
        }
    }

    /// <summary>Sends all that waits, before this returns.</summary>
    public void Flush()
    {
        lock (_sending)
        {
            Entry[] batch;
            lock (_gate)
            {
                batch = [.. _waiting];
                _waiting.Clear();
                _letters = 0;
            }

            foreach (var entry in batch)
            {
                foreach (var frame in entry.Frames())
                {
                    try
                    {
                        _pipe.Send(frame);
                    }
                    catch (IOException)
                    {
                        // The server has gone, and so will this process.
                        return;
                    }
                }
            }
        }
    }

    private void SendBatches()
    {
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0)
                {
                    Monitor.Wait(_gate);
                }
            }

            Thread.Sleep(Gathering);
            Flush();
        }
    }

    /// <summary>The clear of a cell that waits for its next output, if nothing has come after it.</summary>
    private Entry? WaitingClear(long cell) =>
        _waiting.FindLast(e => e.Cell == cell && e.Updates is null) is { Output: Cleared { Wait: true } } clear ? clear : null;

    /// <summary>An output follows: forgets what a clear that waited for it takes away.</summary>
    private void ForgetCleared(long cell)
    {
        if (WaitingClear(cell) is { } clear)
        {
            _waiting.RemoveAll(e => e.Cell == cell && e.Updates is null && !ReferenceEquals(e, clear));
        }
    }

    private void Added(long letters)
    {
        _letters += letters;
        if (_waiting.Count == 1)
        {
            Monitor.Pulse(_gate);
        }
    }

    private void MakeRoom()
    {
        long letters;
        lock (_gate)
        {
            letters = _letters;
        }

        if (letters > MostWaiting)
        {
            Flush();
        }
        else if (letters > Full && Monitor.TryEnter(_sending))
        {
            try
            {
                Flush();
            }
            finally
            {
                Monitor.Exit(_sending);
            }
        }
    }

    private sealed record Entry(long Cell, CellStream Stream, StringBuilder? Text, Output? Output, string? Updates)
    {
        public IEnumerable<Frame> Frames()
        {
            if (Text is null)
            {
                yield return Output!;
                yield break;
            }

            for (var start = 0; start < Text.Length; )
            {
                var length = Math.Min(Full, Text.Length - start);
                if (start + length < Text.Length && char.IsHighSurrogate(Text[start + length - 1]))
                {
                    length--;
                }

                yield return new Printed(Stream, Text.ToString(start, length)) { Id = Cell };
                start += length;
            }
        }
    }
}
