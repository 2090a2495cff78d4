using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// The threads of a cell. Code after an await comes back to the first of them, as long as that one is free; if it is blocked
/// (<c>task.Wait()</c>, say), another takes over, so that nobody waits for himself.
/// </summary>
/// <param name="cell">The cell.</param>
internal sealed class CellThreads(CellScope cell) : SynchronizationContext
{
    /// <summary>How long something waits for the first thread before another takes it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Room for recursion.</summary>
    private const int StackBytes = 16 << 20;

    private readonly object _gate = new();
    private readonly Queue<(SendOrPostCallback Do, object? With)> _waiting = new();
    private readonly List<Thread> _threads = [];
    private readonly HashSet<Thread> _asleep = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Timer? _rescue;
    private long _taken;
    private long _takenAtRescue = -1;
    private bool _isFree;
    private bool _closed;

    /// <summary>Whether no thread of the cell does anything: the cell waits for something to be finished elsewhere.</summary>
    public bool AreFree
    {
        get
        {
            lock (_gate)
            {
                return _isFree && _waiting.Count == 0 && _threads.Count == 1;
            }
        }
    }

    /// <summary>Runs the cell's code on its threads.</summary>
    /// <param name="body">The code.</param>
    /// <returns>Ends as the code does.</returns>
    public Task Run(Func<Task> body)
    {
        Post(
            async _ =>
            {
                try
                {
                    await body().ConfigureAwait(true);
                    _done.TrySetResult();
                }
#pragma warning disable CA1031 // The cell's result.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    _done.TrySetException(e);
                }

                Uninterrupted(Close);
            },
            null
        );
        Start(isFirst: true);
        return _done.Task;
    }

    /// <summary>
    /// The threads end as soon as they are free. What waits or comes late goes on elsewhere: code that outlives its cell, which a later one
    /// may wait for. Of a cell that was stopped it is dropped.
    /// </summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_waiting.TryDequeue(out var late))
            {
                GoOn(late.Do, late.With);
            }

            _rescue?.Dispose();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Wakes the threads that sleep, or wait for something: those that did so the last time too, since many a wait is short.
    /// </summary>
    public void WakeSleepers()
    {
        lock (_gate)
        {
            var asleep = _threads.Where(t => t.ThreadState.HasFlag(ThreadState.WaitSleepJoin)).ToArray();
            foreach (var thread in asleep.Where(_asleep.Contains))
            {
                thread.Interrupt();
            }

            _asleep.Clear();
            _asleep.UnionWith(asleep);
        }
    }

    /// <summary>Ends when the threads have.</summary>
    /// <param name="limit">Or after that time.</param>
    public void Join(TimeSpan limit)
    {
        Thread[] threads;
        lock (_gate)
        {
            threads = [.. _threads];
        }

        foreach (var thread in threads)
        {
            thread.Join(limit);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => Uninterrupted(() => Enqueue(d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state)
    {
        d(state);
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>
    /// Does something whose first step takes the lock. <see cref="WakeSleepers"/> may meet a thread on its way out of the cell's code, and
    /// the exception then comes at the next wait, which is that lock: outside of the cell's code it would end the process.
    /// </summary>
    private static void Uninterrupted(Action action)
    {
        while (true)
        {
            try
            {
                action();
                return;
            }
            catch (ThreadInterruptedException)
            {
                // Nothing is done yet: again.
            }
        }
    }

    private void Enqueue(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (_closed)
            {
                GoOn(d, state);
                return;
            }

            _waiting.Enqueue((d, state));
            Monitor.Pulse(_gate);
            if (!_isFree && _threads.Count > 0)
            {
                Watch();
            }
        }
    }

    /// <summary>
    /// Takes up what comes after the cell's end on the thread pool, where code without a context goes on too: in no order, and so that none
    /// of it waits for another. A stop of the cell ends it; code that outlives a cell that ended well ends with the kernel, or when it looks
    /// at the stop button itself.
    /// </summary>
    private void GoOn(SendOrPostCallback d, object? state)
    {
        if (cell.Stopping || cell.Interrupt.IsCancellationRequested)
        {
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                try
                {
                    d(state);
                }
#pragma warning disable CA1031 // An async method without a task, whose cell has ended: nobody else hears of its failure, and it would end the process.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    // As all that comes late, to the cell that runs now, or ran last.
                    (cell.Owner.Latest ?? cell).Output.Write(CellStream.Error, $"{e}\n");
                }
            },
            null
        );
    }

    /// <summary>Has somebody look whether what waits is taken soon.</summary>
    private void Watch()
    {
        if (_takenAtRescue < 0)
        {
            _takenAtRescue = _taken;
            _rescue ??= new Timer(_ => Rescue());
            _rescue.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void Rescue()
    {
        lock (_gate)
        {
            var isStuck = _waiting.Count > 0 && _taken == _takenAtRescue;
            _takenAtRescue = -1;
            if (_closed || _waiting.Count == 0)
            {
                return;
            }

            if (isStuck)
            {
                Start(isFirst: false);
            }

            _takenAtRescue = _taken;
            _rescue!.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void Start(bool isFirst)
    {
        lock (_gate)
        {
            var thread = new Thread(() => Pump(isFirst), StackBytes) { IsBackground = true, Name = "cell" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private void Pump(bool isFirst)
    {
        CellStop.EnterCellThread();
        SetSynchronizationContext(this);
        while (true)
        {
            (SendOrPostCallback Do, object? With)? next = null;
            Uninterrupted(() => next = Next(isFirst));
            if (next is not { } item)
            {
                return;
            }

            try
            {
                item.Do(item.With);
            }
#pragma warning disable CA1031 // An async method without a task: its failure is the cell's.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _done.TrySetException(e);
            }
        }
    }

    private (SendOrPostCallback Do, object? With)? Next(bool isFirst)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed || !isFirst)
                {
                    _threads.Remove(Thread.CurrentThread);
                    return null;
                }

                try
                {
                    _isFree = true;
                    Monitor.Wait(_gate);
                }
                catch (ThreadInterruptedException)
                {
                    // Woken by the stop button: it decides what becomes of the cell.
                }
                finally
                {
                    _isFree = false;
                }
            }

            _taken++;
            var next = _waiting.Dequeue();
            if (_waiting.Count > 0)
            {
                // It came while this thread was free but not awake yet; what this one takes now may wait for it.
                Watch();
            }

            return next;
        }
    }
}
