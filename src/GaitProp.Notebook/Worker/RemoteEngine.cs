using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// The engine in a process of its own. Whatever a cell does to that process, this one goes on: the cell is told what happened, and a new
/// process takes the next one.
/// </summary>
internal sealed class RemoteEngine : ICellEngine
{
    /// <summary>The error's name for a cell whose process ended.</summary>
    public const string KernelDied = "KernelDied";

    private readonly WorkerStart _start;
    private readonly Action<string> _log;
    private readonly Lock _gate = new();
    private WorkerProcess _worker;
    private bool _running;
    private bool _disposed;
    private string? _lost;

    /// <summary>Starts a worker at once.</summary>
    /// <param name="start">How one is started.</param>
    /// <param name="log">Takes lines about workers that end.</param>
    public RemoteEngine(WorkerStart start, Action<string> log)
    {
        (_start, _log) = (start, log);
        _worker = Start();
    }

    /// <summary>The process that runs the cells now.</summary>
    public int WorkerId
    {
        get
        {
            lock (_gate)
            {
                return _worker.ProcessId;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<CellResult> ExecuteAsync(string code, int number, ICellOutput output, CancellationToken interrupt)
    {
        WorkerProcess worker;
        string? lost;
        lock (_gate)
        {
            (worker, lost, _lost, _running) = (_worker, _lost, null, true);
        }

        if (lost is not null)
        {
            output.Write(CellStream.Error, lost);
        }

        try
        {
            await worker.Ready.WaitAsync(interrupt);
            var answer = await worker.RunAsync(new Execute(code, number), output, interrupt);
            output.LeftOut(answer.Cut);
            return answer.Result;
        }
        catch (OperationCanceledException)
        {
            return new CellResult(
                CellStatus.Interrupted,
                new CellError(
                    "Interrupted",
                    "The cell was stopped before it began.",
                    [$"{Ansi.Red("Interrupted")}: The cell was stopped before it began."]
                )
            );
        }
        catch (WorkerEndedException e)
        {
            Replace(worker, e.End);
            return new CellResult(CellStatus.Error, Died(e.End, worker.Ready.IsCompletedSuccessfully));
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancellation) =>
        (await AskAsync<Found>(new Evaluate(expression), cancellation)).Bundle!;

    /// <inheritdoc/>
    public async Task<CellCompletion> CompleteAsync(string code, int position, CancellationToken cancellation) =>
        (await AskAsync<Candidates>(new Complete(code, position), cancellation)).Completion;

    /// <inheritdoc/>
    public async Task<MimeBundle?> InspectAsync(string code, int position, int detail, CancellationToken cancellation) =>
        (await AskAsync<Found>(new Inspect(code, position, detail), cancellation)).Bundle;

    /// <inheritdoc/>
    public async Task<CellCompleteness> IsCompleteAsync(string code, CancellationToken cancellation) =>
        (await AskAsync<Wholeness>(new CheckWhole(code), cancellation)).Completeness;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        WorkerProcess worker;
        lock (_gate)
        {
            (_disposed, worker) = (true, _worker);
        }

        await worker.DisposeAsync();
    }

    private async Task<TAnswer> AskAsync<TAnswer>(Question question, CancellationToken cancellation)
        where TAnswer : Answer
    {
        WorkerProcess worker;
        lock (_gate)
        {
            worker = _worker;
        }

        try
        {
            await worker.Ready.WaitAsync(cancellation);
            return await worker.AskAsync<TAnswer>(question, cancellation);
        }
        catch (WorkerEndedException e)
        {
            throw new CellException(e.Message, KernelDied);
        }
    }

    private WorkerProcess Start()
    {
        var worker = new WorkerProcess(_start, _log);
        _ = worker.Ended.ContinueWith(
            ended =>
            {
                // One that could not begin is not begun again by itself, over and over: the next cell is told, and tries.
                if (worker.Ready.IsCompletedSuccessfully)
                {
                    Replace(worker, ended.Result);
                }
            },
            TaskScheduler.Default
        );
        return worker;
    }

    /// <summary>Puts a new worker into the place of one that has ended.</summary>
    private void Replace(WorkerProcess worker, WorkerEnd end)
    {
        lock (_gate)
        {
            if (_disposed || _worker != worker)
            {
                return;
            }

            _log($"the C# process {end.What}; a new one is started");
            _lost = _running
                ? null
                : $"[the C# process {end.What} since the last cell: all variables are gone; a new process has been started]\n";
            _worker = Start();
        }
    }

    private static CellError Died(WorkerEnd end, bool begun)
    {
        var message = begun
            ? $"The C# process {end.What}. All variables are gone; a new process has been started for the next cell."
            : $"The C# process cannot start: it {end.What}.";
        return new CellError(
            KernelDied,
            message,
            [$"{Ansi.Red(KernelDied)}: {message}", .. end.Words.Select(line => Ansi.Dim($"    {line}"))]
        );
    }
}
