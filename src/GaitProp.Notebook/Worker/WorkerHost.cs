using System.Collections.Concurrent;
using System.Text.Json.Nodes;
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
        pipe.Send(Frames.New("ready", 0));
        while (pipe.Receive() is { } frame && Frames.Text(frame, Frames.Kind) != "quit")
        {
            Take(frame, frame[Frames.Id]!.GetValue<long>());
        }

        Interrupt();
    }

    /// <summary>Asks all that runs to stop.</summary>
    public void Interrupt()
    {
        foreach (var running in _running.Values)
        {
            Cancel(running);
        }
    }

    /// <summary>Whether something runs.</summary>
    public bool IsBusy => !_running.IsEmpty;

    /// <summary>Sends outputs that wait.</summary>
    public void Flush() => _queue.Flush();

    /// <inheritdoc/>
    public void Dispose() => _oneLookup.Dispose();

    /// <summary>On a thread of its own: a cell may keep all others busy.</summary>
    private static void Cancel(CancellationTokenSource running) => new Thread(() => running.Cancel()) { IsBackground = true, Name = "stop" }.Start();

    private void Take(JsonObject frame, long id)
    {
        switch (Frames.Text(frame, Frames.Kind))
        {
            case "cancel":
                if (_running.TryGetValue(id, out var running))
                {
                    Cancel(running);
                }

                break;
            case "told":
                if (_asked.TryRemove(id, out var question))
                {
                    Tell(question, frame);
                }

                break;
            default:
                var cancellation = new CancellationTokenSource();
                _running[id] = cancellation;
                _ = Task.Run(() => DoAsync(frame, id, cancellation.Token));
                break;
        }
    }

    private async Task DoAsync(JsonObject frame, long id, CancellationToken cancellation)
    {
        JsonObject answer;
        try
        {
            answer = Frames.Text(frame, Frames.Kind) switch
            {
                "execute" => await ExecuteAsync(frame, id, cancellation),
                "evaluate" => Frames.New("answer", id, await engine.EvaluateAsync(Frames.Text(frame, "expression"), cancellation)),
                _ => await LookUpAsync(frame, id, cancellation),
            };
        }
        catch (Exception e)
        {
            answer = Frames.New("failed", id);
            answer["name"] = e is CellException cell ? cell.Name : e is OperationCanceledException ? "" : e.GetType().Name;
            answer["message"] = e.Message;
        }

        try
        {
            pipe.Send(answer);
        }
        catch (IOException)
        {
            // The server has gone.
        }

        _running.TryRemove(id, out _);
    }

    private async Task<JsonObject> ExecuteAsync(JsonObject frame, long id, CancellationToken cancellation)
    {
        var output = new WorkerOutput(id, _queue, Ask);
        CellResult result;
        try
        {
            result = await engine.ExecuteAsync(Frames.Text(frame, "code"), frame["number"]!.GetValue<int>(), output, cancellation);
        }
        catch (Exception e)
        {
            result = new CellResult(CellStatus.Error, new CellError(e.GetType().Name, e.Message, e.ToString().Split('\n')));
        }

        _queue.Flush();
        cellEnded(id);
        return Frames.Done(id, result, output.Cut);
    }

    private async Task<JsonObject> LookUpAsync(JsonObject frame, long id, CancellationToken cancellation)
    {
        var code = Frames.Text(frame, "code");
        await _oneLookup.WaitAsync(cancellation);
        try
        {
            switch (Frames.Text(frame, Frames.Kind))
            {
                case "complete":
                    return Frames.Completion(id, await engine.CompleteAsync(code, frame["position"]!.GetValue<int>(), cancellation));
                case "inspect":
                    var found = await engine.InspectAsync(code, frame["position"]!.GetValue<int>(), frame["detail"]!.GetValue<int>(), cancellation);
                    return found is null ? Frames.New("answer", id) : Frames.New("answer", id, found);
                case "isComplete":
                    var completeness = await engine.IsCompleteAsync(code, cancellation);
                    var answer = Frames.New("answer", id);
                    (answer["status"], answer["indent"]) = (completeness.Status.ToString(), completeness.Indent);
                    return answer;
                case var kind:
                    throw new NotSupportedException($"the worker does not know '{kind}'");
            }
        }
        finally
        {
            _oneLookup.Release();
        }
    }

    private string Ask(long cell, string prompt, bool password, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _questions);
        var answer = _asked[id] = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = cancellation.Register(() =>
        {
            if (_asked.TryRemove(id, out _))
            {
                pipe.Send(Frames.New("unask", id));
                answer.TrySetCanceled(cancellation);
            }
        });
        var frame = Frames.New("ask", id);
        (frame["cell"], frame["prompt"], frame["password"]) = (cell, prompt, password);
        pipe.Send(frame);
        return answer.Task.GetAwaiter().GetResult();
    }

    private static void Tell(TaskCompletionSource<string> question, JsonObject frame)
    {
        if (frame["value"] is { } value)
        {
            question.TrySetResult(value.GetValue<string>());
        }
        else
        {
            question.TrySetException(new CellException(Frames.Text(frame, "message"), Frames.Text(frame, "name")));
        }
    }
}
