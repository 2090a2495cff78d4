using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Worker;

/// <summary>The worker has ended before it could answer.</summary>
internal sealed class WorkerEndedException(WorkerEnd end) : Exception($"the C# process {end.What}")
{
    /// <summary>How it ended.</summary>
    public WorkerEnd End { get; } = end;
}

/// <summary>How a worker is started: a process that calls <see cref="WorkerProgram.Run"/>.</summary>
/// <param name="input">The pipe from the server.</param>
/// <param name="output">The pipe to the server.</param>
/// <param name="word">The word of the marks in standard output and error.</param>
internal delegate ProcessStartInfo WorkerStart(string input, string output, string word);

/// <summary>One worker, from its start to its end, as the server sees it.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>How long a worker that is asked to end may take; a training leaves its checkpoint in this time.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>How long the streams of a worker that has ended are read: a program that it started may keep them open.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>Cells whose outputs are remembered, for what comes after a cell's end.</summary>
    private const int CellsRemembered = 100;

    private readonly Process _process;
    private readonly FramePipe _pipe;
    private readonly NativeText _out;
    private readonly NativeText _error;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<Answer>> _asked = new();
    private readonly ConcurrentDictionary<long, ICellOutput> _outputs = new();
    private readonly ConcurrentQueue<long> _cells = new();
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _questions = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string> _log;
    private ICellOutput? _last;
    private long _id;

    /// <summary>
    /// Parts of the C heap. By default glibc has eight for each core, gives each new thread one of its own, and keeps what is free at the
    /// end of each: cells run on a thread each, and those that make the same tensor again and again would keep it once in every part. It is
    /// read when a process starts, and the user's own value stays.
    /// </summary>
    private static readonly (string Name, string Value) HeapParts = ("MALLOC_ARENA_MAX", "4");

    /// <summary>Starts a worker.</summary>
    /// <param name="begin">How it is started.</param>
    /// <param name="log">Takes what it prints before there is a cell to show it in.</param>
    public WorkerProcess(WorkerStart begin, Action<string> log)
    {
        _log = log;
        var toWorker = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var fromWorker = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        var word = Guid.NewGuid().ToString("N");
        var start = begin(toWorker.GetClientHandleAsString(), fromWorker.GetClientHandleAsString(), word);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.Environment.TryAdd(HeapParts.Name, HeapParts.Value);
        _process = Process.Start(start)!;
        toWorker.DisposeLocalCopyOfClientHandle();
        fromWorker.DisposeLocalCopyOfClientHandle();
        _process.StandardInput.Close();
        _pipe = new FramePipe(fromWorker, toWorker);
        _out = new NativeText(_process.StandardOutput.BaseStream, CellStream.Out, word, ShowNative);
        _error = new NativeText(_process.StandardError.BaseStream, CellStream.Error, word, ShowNative);
        new Thread(Receive) { IsBackground = true, Name = "worker frames" }.Start();
        Ended = EndAsync();
    }

    /// <summary>Completes when it can run cells; fails with <see cref="WorkerEndedException"/> if it ends before.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when it has ended.</summary>
    public Task<WorkerEnd> Ended { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Runs a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="output">Takes what the cell makes.</param>
    /// <param name="interrupt">The stop button.</param>
    /// <returns>The answer; all that the cell printed has been shown.</returns>
    /// <exception cref="WorkerEndedException">The worker has ended.</exception>
    public async Task<Done> RunAsync(Execute cell, ICellOutput output, CancellationToken interrupt)
    {
        var id = Interlocked.Increment(ref _id);
        _outputs[id] = output;
        _cells.Enqueue(id);
        if (_cells.Count > CellsRemembered && _cells.TryDequeue(out var oldest))
        {
            _outputs.TryRemove(oldest, out _);
        }

        _last = output;
        var answer = (Done)await AskAsync(cell with { Id = id }, interrupt);
        try
        {
            await Task.WhenAll(_out.ReachedAsync(id), _error.ReachedAsync(id)).WaitAsync(LastWords, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            _log("the cell has closed its standard output or error; what native code prints is not shown any more");
        }

        return answer;
    }

    /// <summary>Asks something.</summary>
    /// <typeparam name="TAnswer">What comes back.</typeparam>
    /// <param name="question">The question.</param>
    /// <param name="cancellation">Asks the worker to give up.</param>
    /// <exception cref="WorkerEndedException">The worker has ended.</exception>
    /// <exception cref="CellException">It cannot be answered.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(Question question, CancellationToken cancellation)
        where TAnswer : Answer => (TAnswer)await AskAsync(question with { Id = Interlocked.Increment(ref _id) }, cancellation);

    /// <summary>Asks it to end, and ends it if it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        // Nobody wants its last words any more.
        _disposing.TrySetResult();
        Send(new Quit());
        try
        {
            await Ended.WaitAsync(Farewell);
        }
        catch (TimeoutException)
        {
            End();
            await Ended;
        }

        _pipe.Dispose();
        _out.Dispose();
        _error.Dispose();
        _process.Dispose();
    }

    private async Task<Answer> AskAsync(Question question, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[question.Id] = answer;
        if (Ended.IsCompleted)
        {
            answer.TrySetException(new WorkerEndedException(await Ended));
        }

        Send(question);
        using var stop = cancellation.Register(() => Send(new Cancel { Id = question.Id }));
        var said = await answer.Task;
        if (said is not Failed failed)
        {
            return said;
        }

        cancellation.ThrowIfCancellationRequested();
        throw new CellException(failed.Message, failed.Name);
    }

    /// <summary>Sends a frame; a worker that has gone is noticed elsewhere.</summary>
    private void Send(Frame frame)
    {
        try
        {
            _pipe.Send(frame);
        }
        catch (IOException)
        {
            // Its end is on its way.
        }
    }

    private void Receive()
    {
        while (_pipe.Receive() is { } frame)
        {
            switch (frame)
            {
                case Begun:
                    _ready.TrySetResult();
                    break;
                case Answer answer when _asked.TryRemove(answer.Id, out var asked):
                    asked.TrySetResult(answer);
                    break;
                case Ask question when OutputOf(question.Cell) is { } shown:
                    // It is known here before the next frame, which may take it back. It is not disposed: it holds nothing, and may be
                    // cancelled when the question has just been answered.
                    var stop = new CancellationTokenSource();
                    _questions[question.Id] = stop;
                    _ = Task.Run(() => AskUser(question, shown, stop.Token));
                    break;
                case Unask when _questions.TryRemove(frame.Id, out var question):
                    _ = question.CancelAsync();
                    break;
                case Output output when OutputOf(output.Id) is { } shown:
                    output.ShowIn(shown);
                    break;
            }
        }

        // A worker that cannot be talked to is of no use, alive or not.
        End();
    }

    /// <summary>The output of a cell; the newest cell's for one that is not remembered any more.</summary>
    private ICellOutput? OutputOf(long cell) => _outputs.TryGetValue(cell, out var output) ? output : _last;

    private void AskUser(Ask question, ICellOutput cell, CancellationToken cancellation)
    {
        Frame answer;
        try
        {
            answer = new Told(cell.Input(question.Prompt, question.Password, cancellation));
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (CellException e)
        {
            answer = new Failed(e.Name, e.Message);
        }
        finally
        {
            _questions.TryRemove(question.Id, out _);
        }

        Send(answer with { Id = question.Id });
    }

    private void ShowNative(CellStream stream, string text)
    {
        if (_last is { } output)
        {
            output.Write(stream, text);
        }
        else
        {
            _log($"the C# process says: {text.Trim()}");
        }
    }

    private async Task<WorkerEnd> EndAsync()
    {
        await _process.WaitForExitAsync();
        ProcessGroup.End(_process.Id);
        await Task.WhenAny(Task.WhenAll(_out.Ended, _error.Ended), Task.Delay(LastWords), _disposing.Task);
        var end = new WorkerEnd(_process.ExitCode, _error.Tail);
        _ = Task.Run(() => Fail(end));
        return end;
    }

    private void Fail(WorkerEnd end)
    {
        // Whoever asks from now on sees the end; whoever has asked before is told here.
        Ended.Wait();
        _ready.TrySetException(new WorkerEndedException(end));
        foreach (var asked in _asked.Values)
        {
            asked.TrySetException(new WorkerEndedException(end));
        }

        foreach (var question in _questions.Values)
        {
            _ = question.CancelAsync();
        }
    }

    private void End()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
