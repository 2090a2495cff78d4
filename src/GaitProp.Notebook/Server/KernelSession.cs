using System.Globalization;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Server;

/// <summary>The kernel's voice: gives messages their headers, signs them and sends them. Any thread may call it.</summary>
/// <param name="connection">Where the front end wants the kernel.</param>
/// <param name="log">Takes lines about messages that are dropped.</param>
internal sealed class KernelSession(ConnectionFile connection, KernelLog log) : IDisposable
{
    /// <summary>The version of the protocol: 5.5 has the welcome of a new subscriber and kernel_info on control.</summary>
    public const string ProtocolVersion = "5.5";

    private readonly MessageSignature _signature = new(connection.Key);
    private readonly string _session = Guid.NewGuid().ToString();
    private readonly Lock _statusGate = new();
    private KernelSockets? _sockets;
    private JupyterMessage? _runningCell;

    /// <summary>Opens the sockets.</summary>
    /// <param name="received">Takes each message, on the sockets' thread: it must not wait.</param>
    /// <exception cref="NotebookException">A port is taken.</exception>
    public void Open(Action<KernelChannel, JupyterMessage> received)
    {
        _sockets = new KernelSockets(
            connection,
            (channel, frames) =>
            {
                try
                {
                    received(channel, WireFormat.Read(frames, _signature));
                }
                catch (FormatException e)
                {
                    log.Write($"a message on {channel} is dropped: {e.Message}");
                }
            },
            topic =>
                Send(
                    KernelChannel.Publish,
                    [topic],
                    WireFormat.Nothing,
                    "iopub_welcome",
                    new JsonObject { ["subscription"] = System.Text.Encoding.UTF8.GetString(topic) },
                    null
                ),
            log.Write
        );

        // Not before they are known here: a client that has come already is welcomed through them.
        _sockets.Start();
    }

    /// <summary>Tells every client of something.</summary>
    /// <param name="request">The request that led to it; <see langword="null"/> for the kernel itself.</param>
    /// <param name="type">What it is, such as <c>stream</c>.</param>
    /// <param name="content">What there is to say.</param>
    /// <param name="metadata">What goes beside it.</param>
    public void Publish(JupyterMessage? request, string type, JsonObject content, JsonObject? metadata = null) =>
        Send(
            KernelChannel.Publish,
            [System.Text.Encoding.UTF8.GetBytes($"kernel.{_session}.{type}")],
            request?.Header ?? WireFormat.Nothing,
            type,
            content,
            metadata
        );

    /// <summary>Answers a request.</summary>
    /// <param name="channel">Where it came from.</param>
    /// <param name="request">The request.</param>
    /// <param name="content">The answer.</param>
    /// <param name="metadata">What goes beside it.</param>
    public void Reply(KernelChannel channel, JupyterMessage request, JsonObject content, JsonObject? metadata = null) =>
        Send(channel, request.Identities, request.Header, ReplyType(request.Type), content, metadata);

    /// <summary>Asks the client that sent a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="content">The question.</param>
    /// <param name="unreachable">Called if the client takes no questions.</param>
    /// <returns>The question's name, which the answer may carry.</returns>
    public string Ask(JupyterMessage request, JsonObject content, Action unreachable) =>
        Send(KernelChannel.Stdin, request.Identities, request.Header, "input_request", content, null, unreachable);

    /// <summary>Says that work on a request begins.</summary>
    /// <param name="request">The request; <see langword="null"/> for the kernel itself.</param>
    /// <param name="cell">Whether it runs a cell.</param>
    public void Busy(JupyterMessage? request, bool cell = false)
    {
        lock (_statusGate)
        {
            if (cell)
            {
                _runningCell = request;
            }

            Status(request, "busy");
        }
    }

    /// <summary>
    /// Says that work on a request is done. Front ends show the status that came last: if a cell is still running, it is said to be busy
    /// once more.
    /// </summary>
    /// <param name="request">The request; <see langword="null"/> for the kernel itself.</param>
    public void Idle(JupyterMessage? request)
    {
        lock (_statusGate)
        {
            if (ReferenceEquals(request, _runningCell))
            {
                _runningCell = null;
            }

            Status(request, "idle");
            if (_runningCell is not null)
            {
                Status(_runningCell, "busy");
            }
        }
    }

    /// <summary>Says that the kernel has begun.</summary>
    public void Starting() => Status(null, "starting");

    /// <summary>Completes when every request that had arrived by now has been passed on.</summary>
    public Task ArrivedAsync() => _sockets!.ArrivedAsync();

    /// <inheritdoc/>
    public void Dispose() => _sockets?.Dispose();

    private static string ReplyType(string type) =>
        type.EndsWith("_request", StringComparison.Ordinal) ? $"{type[..^"_request".Length]}_reply" : $"{type}_reply";

    private void Status(JupyterMessage? request, string state) =>
        Publish(request, "status", new JsonObject { ["execution_state"] = state });

    private string Send(
        KernelChannel channel,
        IEnumerable<byte[]> identities,
        byte[] parent,
        string type,
        JsonObject content,
        JsonObject? metadata,
        Action? unreachable = null
    )
    {
        var id = Guid.NewGuid().ToString();
        var header = new JsonObject
        {
            ["msg_id"] = id,
            ["session"] = _session,
            ["username"] = "kernel",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["msg_type"] = type,
            ["version"] = ProtocolVersion,
        };
        _sockets!.Send(channel, WireFormat.Write(identities, _signature, header, parent, metadata, content), unreachable);
        return id;
    }
}
