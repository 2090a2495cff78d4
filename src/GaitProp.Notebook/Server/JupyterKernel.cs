using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Server;

/// <summary>
/// Answers a front end's requests. Cells run one after the other, in the order in which they came; everything else is answered while they
/// run. A request on any socket is answered by <c>busy</c>, its outputs, its reply, and <c>idle</c> last.
/// </summary>
internal sealed class JupyterKernel : IDisposable
{
    /// <summary>How long a cell may take to stop before the user is told that it is in native code.</summary>
    private static readonly TimeSpan SlowStop = TimeSpan.FromSeconds(10);

    private readonly KernelInfo _info;
    private readonly KernelLog _log;
    private readonly KernelSession _session;
    private readonly UserQuestions _questions;
    private readonly EngineLookups _lookups;
    private readonly ICellEngine _engine;
    private readonly SessionHistory _history = new();
    private readonly Channel<JupyterMessage> _cells = Channel.CreateUnbounded<JupyterMessage>();
    private readonly Channel<(KernelChannel, JupyterMessage)> _control = Channel.CreateUnbounded<(KernelChannel, JupyterMessage)>();
    private readonly Channel<(KernelChannel, JupyterMessage)> _shell = Channel.CreateUnbounded<(KernelChannel, JupyterMessage)>();
    private readonly Channel<(KernelChannel, JupyterMessage)> _editor = Channel.CreateUnbounded<(KernelChannel, JupyterMessage)>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _interruptGate = new();
    private CancellationTokenSource? _interrupt;
    private int _count;

    /// <summary>Opens the sockets and begins to answer.</summary>
    /// <param name="connection">Where the front end wants the kernel.</param>
    /// <param name="engine">Runs the cells; it stays the caller's.</param>
    /// <param name="info">What it says of itself.</param>
    /// <param name="log">Takes lines about what went wrong.</param>
    /// <exception cref="NotebookException">A port is taken.</exception>
    public JupyterKernel(ConnectionFile connection, ICellEngine engine, KernelInfo info, KernelLog log)
    {
        (_engine, _info, _log) = (engine, info, log);
        _session = new KernelSession(connection, log);
        _questions = new UserQuestions(_session);
        _lookups = new EngineLookups(engine);
        _session.Open(Received);
        _session.Starting();
        _ = Task.Run(() => AnswerAllAsync(_control.Reader));
        _ = Task.Run(() => AnswerAllAsync(_shell.Reader));
        _ = Task.Run(() => AnswerAllAsync(_editor.Reader));
        _ = Task.Run(RunCellsAsync);
    }

    /// <summary>Completes when a front end has asked the kernel to shut down.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Stops the cell that runs and drops those that wait.</summary>
    public void Interrupt()
    {
        lock (_interruptGate)
        {
            // Whoever waits for the cell to stop is told elsewhere: the button itself never waits.
            _ = _interrupt?.CancelAsync();
            Abort(TakeWaiting());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cells.Writer.TryComplete();
        _control.Writer.TryComplete();
        _shell.Writer.TryComplete();
        _editor.Writer.TryComplete();
        _session.Dispose();
        _questions.Dispose();
    }

    /// <summary>Passes a message on; on the sockets' thread.</summary>
    private void Received(KernelChannel channel, JupyterMessage message)
    {
        if (channel == KernelChannel.Stdin)
        {
            _questions.Answer(message);
        }
        else if (channel == KernelChannel.Control)
        {
            _control.Writer.TryWrite((channel, message));
        }
        else if (message.Type == "execute_request")
        {
            _cells.Writer.TryWrite(message);
        }
        else
        {
            // What an editor asks while somebody types may take a moment, and holds up nobody else.
            (message.Type is "complete_request" or "inspect_request" or "is_complete_request" ? _editor : _shell).Writer.TryWrite(
                (channel, message)
            );
        }
    }

    private async Task AnswerAllAsync(ChannelReader<(KernelChannel, JupyterMessage)> requests)
    {
        await foreach (var (channel, request) in requests.ReadAllAsync())
        {
            _session.Busy(request);
            try
            {
                if (await AnswerAsync(channel, request) is { } content)
                {
                    _session.Reply(channel, request, content);
                }
            }
            catch (Exception e)
            {
                if (e is not CellException)
                {
                    _log.Write($"{request.Type} failed: {e}");
                }

                _session.Reply(channel, request, Failure(e));
            }

            _session.Idle(request);
            if (request.Type == "shutdown_request")
            {
                _ended.TrySetResult();
            }
        }
    }

    /// <summary>The content of a request's reply; <see langword="null"/> if there is none.</summary>
    private async Task<JsonObject?> AnswerAsync(KernelChannel channel, JupyterMessage request)
    {
        switch (request.Type)
        {
            case "kernel_info_request":
                return _info.Reply;
            case "complete_request":
                return await _lookups.CompleteAsync(request);
            case "inspect_request":
                return await _lookups.InspectAsync(request);
            case "is_complete_request":
                return await _lookups.IsCompleteAsync(request);
            case "history_request":
                return _history.Reply(request);
            case "interrupt_request":
                Interrupt();
                return Ok();
            case "shutdown_request":
                var content = Ok();
                content["restart"] = request.Flag("restart", false);
                _session.Publish(request, "shutdown_reply", (JsonObject)content.DeepClone());
                return content;
            case "comm_info_request":
                return new JsonObject { ["status"] = "ok", ["comms"] = new JsonObject() };
            case "comm_open":
                // Nothing here listens to comms: say so, so that a widget does not wait.
                _session.Publish(
                    request,
                    "comm_close",
                    new JsonObject { ["comm_id"] = request.Text("comm_id"), ["data"] = new JsonObject() }
                );
                return null;
            case "comm_msg" or "comm_close":
                return null;
            case "debug_request":
                return new JsonObject
                {
                    ["type"] = "response",
                    ["request_seq"] = request.Number("seq") ?? 0,
                    ["success"] = false,
                    ["command"] = request.Text("command"),
                    ["message"] = "This kernel has no debugger.",
                };
            case var type when type.EndsWith("_request", StringComparison.Ordinal):
                throw new CellException($"This kernel does not know {type}.", "UnknownRequest");
            default:
                _log.Write($"a message on {channel} is left aside: {request.Type} is not known");
                return null;
        }
    }

    private async Task RunCellsAsync()
    {
        while (await _cells.Reader.WaitToReadAsync())
        {
            using var interrupt = new CancellationTokenSource();
            if (Next(interrupt) is not { } request)
            {
                // A stop has dropped it.
                continue;
            }

            IReadOnlyList<JupyterMessage> dropped = [];
            _session.Busy(request, cell: true);
            try
            {
                dropped = await RunCellAsync(request, interrupt.Token);
            }
            catch (Exception e)
            {
                _log.Write($"execute_request failed: {e}");
                _session.Reply(KernelChannel.Shell, request, Failure(e));
            }
            finally
            {
                lock (_interruptGate)
                {
                    _interrupt = null;
                }
            }

            _session.Idle(request);
            Abort(dropped);
        }
    }

    /// <summary>Takes the next cell, if there is one. A stop finds it among those that wait, or as the one that runs.</summary>
    /// <param name="interrupt">Its stop button.</param>
    private JupyterMessage? Next(CancellationTokenSource interrupt)
    {
        lock (_interruptGate)
        {
            if (!_cells.Reader.TryRead(out var request))
            {
                return null;
            }

            _interrupt = interrupt;
            return request;
        }
    }

    /// <summary>Runs a cell and answers.</summary>
    /// <param name="request">The request that runs it.</param>
    /// <param name="interrupt">Its stop button.</param>
    /// <returns>The requests that must not run because it failed.</returns>
    private async Task<IReadOnlyList<JupyterMessage>> RunCellAsync(JupyterMessage request, CancellationToken interrupt)
    {
        var started = DateTime.UtcNow;
        var code = request.Text("code");
        var silent = request.Flag("silent", false);
        var store = !silent && request.Flag("store_history", true);
        var number = store ? ++_count : _count + 1;
        if (!silent)
        {
            _session.Publish(request, "execute_input", new JsonObject { ["code"] = code, ["execution_count"] = number });
        }

        var output = new CellPublisher(_session, request, number, silent, _questions);
        CellResult result;
        JsonObject expressions;
        using var ended = new CancellationTokenSource();
        using (interrupt.Register(() => _ = TellSlowStopAsync(output, ended.Token)))
        {
            try
            {
                result = await _engine.ExecuteAsync(code, number, output, interrupt);
                expressions = result.Status == CellStatus.Ok ? await _lookups.EvaluateAsync(request, interrupt) : [];
            }
            finally
            {
                await ended.CancelAsync();
            }
        }

        output.Finish();
        if (store)
        {
            _history.Add(number, code, output.ResultText);
        }

        IReadOnlyList<JupyterMessage> dropped = [];
        var reply = Ok();
        if (result.Error is { } error)
        {
            reply = Error(error.Name, error.Message, error.Traceback);
            if (!silent)
            {
                _session.Publish(request, "error", Error(error.Name, error.Message, error.Traceback, status: false));
            }

            // All that were sent before their sender could know of the failure, and none that comes after.
            if (request.Flag("stop_on_error", true))
            {
                await _session.ArrivedAsync();
                dropped = TakeWaiting();
            }
        }

        reply["execution_count"] = number;
        reply["user_expressions"] = expressions;
        reply["payload"] = new JsonArray();
        _session.Reply(
            KernelChannel.Shell,
            request,
            reply,
            new JsonObject { ["started"] = started.ToString("O", CultureInfo.InvariantCulture) }
        );
        return dropped;
    }

    private static async Task TellSlowStopAsync(CellPublisher output, CancellationToken ended)
    {
        try
        {
            await Task.Delay(SlowStop, ended);
            output.Write(
                CellStream.Error,
                "[the cell has not stopped yet: it is in code that cannot be stopped from outside; if it stays so, restart the kernel]\n"
            );
        }
        catch (OperationCanceledException)
        {
            // It has stopped in time.
        }
    }

    private List<JupyterMessage> TakeWaiting()
    {
        var waiting = new List<JupyterMessage>();
        while (_cells.Reader.TryRead(out var request))
        {
            waiting.Add(request);
        }

        return waiting;
    }

    /// <summary>Answers cells that are not run.</summary>
    private void Abort(IEnumerable<JupyterMessage> requests)
    {
        foreach (var request in requests)
        {
            _session.Busy(request);
            _session.Reply(
                KernelChannel.Shell,
                request,
                new JsonObject
                {
                    ["status"] = "aborted",
                    ["execution_count"] = _count,
                    ["user_expressions"] = new JsonObject(),
                    ["payload"] = new JsonArray(),
                }
            );
            _session.Idle(request);
        }
    }

    private static JsonObject Ok() => new() { ["status"] = "ok" };

    private static JsonObject Failure(Exception e) =>
        Error(
            e is CellException cell ? cell.Name : e.GetType().Name,
            e.Message,
            [$"{(e is CellException known ? known.Name : e.GetType().Name)}: {e.Message}"]
        );

    private static JsonObject Error(string name, string message, IReadOnlyList<string> traceback, bool status = true)
    {
        var error = new JsonObject
        {
            ["ename"] = name,
            ["evalue"] = message,
            ["traceback"] = new JsonArray([.. traceback.Select(line => (JsonNode)JsonValue.Create(line))]),
        };
        if (status)
        {
            error["status"] = "error";
        }

        return error;
    }
}
