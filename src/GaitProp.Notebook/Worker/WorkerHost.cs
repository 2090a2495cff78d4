using System.Collections.Concurrent;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Worker;

/// <summary>The worker's side of the pipe: does with an engine what the server asks for.</summary>
/// <param name="pipe">To the server.</param>
/// <param name="engine">Runs the cells.</param>
/// <param name="cellEnded">Called with a cell's name when its outputs are on their way, before the server hears of its end.</param>
internal sealed class WorkerHost(FramePipe pipe, ICellEngine engine, Action<long> cellEnded) : IDisposable
{
    private readonly OutputQueue _queue = new(pipe);
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _running = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource<string>> _asked = new();
    private readonly SemaphoreSlim _oneLookup = new(1);
    private long _questions;

    /// <summary>Serves until the server asks to end or has gone; then asks what runs to stop.</summary>
    public void Run()
    {
        pipe.Send(new Begun());
        while (pipe.Receive() is { } frame and not Quit)
        {
            Take(frame);
        }

        Interrupt();
    }

    /// <summary>Asks all that runs to stop.</summary>
    public void Interrupt()
    {
        foreach (var running in _running.Values)
        {
            Stop(running);
        }
    }

    /// <summary>Whether something runs.</summary>
    public bool IsBusy => !_running.IsEmpty;

    /// <summary>Sends outputs that wait.</summary>
    public void Flush() => _queue.Flush();

    /// <inheritdoc/>
    public void Dispose() => _oneLookup.Dispose();

    /// <summary>On a thread of its own: a cell may keep all others busy.</summary>
    private static void Stop(CancellationTokenSource running) =>
        new Thread(() =>
        {
            try
            {
                running.Cancel();
            }
#pragma warning disable CA1031 // What a cell has registered with its Interrupt may throw anything: the cell is stopped all the same.
            catch (Exception)
#pragma warning restore CA1031
            {
                // The other callbacks have run.
            }
        })
        {
            IsBackground = true,
            Name = "stop",
        }.Start();

    private void Take(Frame frame)
    {
        switch (frame)
        {
            case Question question:
                var cancellation = new CancellationTokenSource();
                _running[question.Id] = cancellation;
                _ = Task.Run(() => DoAsync(question, cancellation.Token));
                break;
            case Cancel when _running.TryGetValue(frame.Id, out var running):
                Stop(running);
                break;
            case Told told when _asked.TryRemove(told.Id, out var asked):
                asked.TrySetResult(told.Value);
                break;
            case Failed failed when _asked.TryRemove(failed.Id, out var asked):
                asked.TrySetException(new CellException(failed.Message, failed.Name));
                break;
        }
    }

    private async Task DoAsync(Question question, CancellationToken cancellation)
    {
        Answer answer;
        try
        {
            answer = question switch
            {
                Execute cell => await ExecuteAsync(cell, cancellation),
                Evaluate value => new Found(await engine.EvaluateAsync(value.Expression, cancellation)),
                _ => await LookUpAsync(question, cancellation),
            };
        }
        catch (Exception e)
        {
            answer = new Failed(
                e is CellException cell ? cell.Name
                    : e is OperationCanceledException ? ""
                    : e.GetType().Name,
                e.Message
            );
        }

        try
        {
            pipe.Send(answer with { Id = question.Id });
        }
        catch (IOException)
        {
            // The server has gone.
        }

        _running.TryRemove(question.Id, out _);
    }

    private async Task<Done> ExecuteAsync(Execute cell, CancellationToken cancellation)
    {
        var output = new WorkerOutput(cell.Id, _queue, Ask);
        CellResult result;
        try
        {
            result = await engine.ExecuteAsync(cell.Code, cell.Number, output, cancellation);
        }
        catch (Exception e)
        {
            result = new CellResult(CellStatus.Error, new CellError(e.GetType().Name, e.Message, e.ToString().Split('\n')));
        }

        _queue.Flush();
        cellEnded(cell.Id);
        return new Done(result, output.Cut);
    }

    private async Task<Answer> LookUpAsync(Question question, CancellationToken cancellation)
    {
        await _oneLookup.WaitAsync(cancellation);
        try
        {
            return question switch
            {
                Complete caret => new Candidates(await engine.CompleteAsync(caret.Code, caret.Position, cancellation)),
                Inspect caret => new Found(await engine.InspectAsync(caret.Code, caret.Position, caret.Detail, cancellation)),
                CheckWhole text => new Wholeness(await engine.IsCompleteAsync(text.Code, cancellation)),
                _ => throw new NotSupportedException($"the worker does not know '{question.GetType().Name}'"),
            };
        }
        finally
        {
            _oneLookup.Release();
        }
    }

    private string Ask(long cell, string prompt, bool password, CancellationToken cancellation)
    {
        // Code that is stopped may catch that and ask again, over and over.
        cancellation.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _questions);
        var answer = _asked[id] = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Before anything can take it back: the server gives up no question that it has not got yet.
        pipe.Send(new Ask(cell, prompt, password) { Id = id });
        using var stop = cancellation.Register(() =>
        {
            if (_asked.TryRemove(id, out _))
            {
                pipe.Send(new Unask { Id = id });
                answer.TrySetCanceled(cancellation);
            }
        });
        return answer.Task.GetAwaiter().GetResult();
    }
}
