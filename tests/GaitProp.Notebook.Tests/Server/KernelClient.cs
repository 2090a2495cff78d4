using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Protocol;
using NetMQ;
using NetMQ.Sockets;

namespace GaitProp.Notebook.Tests.Server;

/// <summary>A message as a client sees it.</summary>
internal sealed record Heard(string Type, JsonObject Header, JsonObject Parent, JsonObject Content)
{
    public string ParentId => Parent["msg_id"]?.GetValue<string>() ?? "";

    /// <summary>A text of the content.</summary>
    public string this[string name] => Content[name]!.ToString();
}

/// <summary>A front end: one thread, five sockets, and patience that ends.</summary>
internal sealed class KernelClient : IDisposable
{
    /// <summary>The longest that anything may take on a machine that others use.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>How often something is started that listens, each time on other ports.</summary>
    public const int Attempts = 5;

    private readonly Dictionary<KernelChannel, NetMQSocket> _sockets;
    private readonly RequestSocket _heartbeat;
    private readonly MessageSignature _signature;
    private readonly Dictionary<KernelChannel, List<Heard>> _heard = [];

    public KernelClient(ConnectionFile connection, byte[]? key = null)
    {
        _signature = new MessageSignature(key ?? connection.Key);
        var identity = Guid.NewGuid().ToByteArray();
        _sockets = new()
        {
            [KernelChannel.Shell] = Connect(new DealerSocket(), connection.ShellPort),
            [KernelChannel.Control] = Connect(new DealerSocket(), connection.ControlPort),
            [KernelChannel.Stdin] = Connect(new DealerSocket(), connection.StdinPort),
            [KernelChannel.Publish] = Connect(new SubscriberSocket(), connection.PublishPort),
        };
        _heartbeat = new RequestSocket();
        _heartbeat.Connect(connection.Endpoint(connection.HeartbeatPort));
        ((SubscriberSocket)_sockets[KernelChannel.Publish]).SubscribeToAnyTopic();

        NetMQSocket Connect(NetMQSocket socket, int port)
        {
            (socket.Options.Identity, socket.Options.Linger) = (identity, TimeSpan.Zero);
            socket.Options.ReceiveHighWatermark = 0;
            socket.Connect(connection.Endpoint(port));
            return socket;
        }
    }

    /// <summary>
    /// A connection on ports that are free. Somebody may take one before it is used; with a key of its own, no other kernel is then
    /// mistaken for this one.
    /// </summary>
    public static ConnectionFile Ports(string? key = null)
    {
        var listeners = Enumerable.Range(0, 5).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }

        key ??= Guid.NewGuid().ToString();
        return new ConnectionFile("127.0.0.1", ports[0], ports[1], ports[2], ports[3], ports[4], Encoding.UTF8.GetBytes(key));
    }

    /// <summary>Makes something that listens in this process: on other ports where somebody has taken one of them.</summary>
    public static (ConnectionFile Connection, T Made) Listening<T>(Func<ConnectionFile, T> make, string? key = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var connection = Ports(key);
            try
            {
                return (connection, make(connection));
            }
            catch (NotebookException e) when (attempt < Attempts && SaysThatAPortIsTaken(e.Message))
            {
                // On others, then.
            }
        }
    }

    /// <summary>Whether a kernel has ended with the words that it does not get its ports.</summary>
    public static bool SaysThatAPortIsTaken(string words) => words.Contains("cannot listen on", StringComparison.Ordinal);

    /// <summary>Waits until outputs arrive here.</summary>
    public KernelClient Welcomed()
    {
        Wait(KernelChannel.Publish, IsWelcome);
        return this;
    }

    /// <summary>The same with a kernel that may not come up.</summary>
    /// <param name="hasEnded">Whether it has ended.</param>
    /// <returns>Whether outputs arrive.</returns>
    public bool IsWelcomed(Func<bool> hasEnded) => Find(KernelChannel.Publish, IsWelcome, hasEnded) is not null;

    private static bool IsWelcome(Heard message) => message.Type == "iopub_welcome";

    /// <summary>Sends a request; its name.</summary>
    public string Send(string type, JsonObject? content = null, KernelChannel channel = KernelChannel.Shell, params byte[][] buffers)
    {
        var id = Guid.NewGuid().ToString();
        var header = new JsonObject
        {
            ["msg_id"] = id,
            ["session"] = "client",
            ["username"] = "test",
            ["date"] = "2026-01-01T00:00:00Z",
            ["msg_type"] = type,
            ["version"] = "5.3",
        };
        _sockets[channel]
            .SendMultipartBytes([.. WireFormat.Write([], _signature, header, "{}"u8.ToArray(), null, content ?? []), .. buffers]);
        return id;
    }

    /// <summary>Sends frames as they are.</summary>
    public void SendRaw(params byte[][] frames) => _sockets[KernelChannel.Shell].SendMultipartBytes(frames);

    /// <summary>Sends a cell; its name.</summary>
    public string Execute(string code, Action<JsonObject>? more = null)
    {
        var content = new JsonObject { ["code"] = code };
        more?.Invoke(content);
        return Send("execute_request", content);
    }

    /// <summary>Waits for the reply to a request.</summary>
    public Heard Reply(string id, KernelChannel channel = KernelChannel.Shell) =>
        Wait(channel, m => m.ParentId == id && m.Type.EndsWith("_reply", StringComparison.Ordinal));

    /// <summary>Asks and waits for the reply.</summary>
    public Heard Ask(string type, JsonObject? content = null, KernelChannel channel = KernelChannel.Shell) =>
        Reply(Send(type, content, channel), channel);

    /// <summary>Waits for a question.</summary>
    public Heard Question() => Wait(KernelChannel.Stdin, m => m.Type == "input_request");

    /// <summary>Waits for an output of a request.</summary>
    public Heard Output(string id, string type) => Wait(KernelChannel.Publish, m => m.ParentId == id && m.Type == type);

    /// <summary>
    /// Waits for a request's end; all that was published for it, without what is repeated while another request is answered.
    /// </summary>
    public IReadOnlyList<Heard> Outputs(string id)
    {
        Wait(KernelChannel.Publish, m => m.ParentId == id && m.Type == "status" && m["execution_state"] == "idle");
        return [.. _heard[KernelChannel.Publish].Where(m => m.ParentId == id)];
    }

    /// <summary>Text of a stream of a request that has ended.</summary>
    public string Text(string id, string stream) =>
        string.Concat(Outputs(id).Where(m => m.Type == "stream" && m["name"] == stream).Select(m => m["text"]));

    /// <summary>Everything that was published so far.</summary>
    public IReadOnlyList<Heard> Published => _heard.GetValueOrDefault(KernelChannel.Publish) ?? [];

    /// <summary>Whether the heartbeat is echoed.</summary>
    public bool Beats()
    {
        _heartbeat.SendFrame("ping");
        return _heartbeat.TryReceiveFrameString(Patience, out var echo) && echo == "ping";
    }

    /// <summary>Waits for a message.</summary>
    public Heard Wait(KernelChannel channel, Func<Heard, bool> wanted) =>
        Find(channel, wanted)
        ?? throw new TimeoutException(
            $"nothing came on {channel}; before it: {string.Join(", ", _heard[channel].TakeLast(10).Select(m => m.Type))}"
        );

    /// <summary>Waits for a message; <see langword="null"/> if none has come when patience or the kernel has ended.</summary>
    private Heard? Find(KernelChannel channel, Func<Heard, bool> wanted, Func<bool>? hasEnded = null)
    {
        if (!_heard.TryGetValue(channel, out var heard))
        {
            heard = _heard[channel] = [];
        }

        if (heard.FirstOrDefault(wanted) is { } before)
        {
            return before;
        }

        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience && hasEnded?.Invoke() is not true)
        {
            List<byte[]> frames = [];
            if (!_sockets[channel].TryReceiveMultipartBytes(TimeSpan.FromSeconds(1), ref frames))
            {
                continue;
            }

            var at = frames.FindIndex(f => f.AsSpan().SequenceEqual("<IDS|MSG>"u8));
            if (!_signature.IsOf(frames[at + 1], frames[at + 2], frames[at + 3], frames[at + 4], frames[at + 5]))
            {
                // Before this one's kernel is there, another one may have its port.
                Assert.True(hasEnded is not null, "the kernel signs wrongly");
                continue;
            }

            var (header, parent, content) = (Parse(frames[at + 2]), Parse(frames[at + 3]), Parse(frames[at + 5]));
            var message = new Heard(header["msg_type"]!.GetValue<string>(), header, parent, content);
            heard.Add(message);
            if (wanted(message))
            {
                return message;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }

        _heartbeat.Options.Linger = TimeSpan.Zero;
        _heartbeat.Dispose();
    }

    private static JsonObject Parse(byte[] frame) => (JsonObject)JsonNode.Parse(frame)!;
}
