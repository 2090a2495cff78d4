using System.Runtime.ExceptionServices;
using NetMQ;
using NetMQ.Sockets;

namespace GaitProp.Notebook.Protocol;

/// <summary>The kernel's five sockets. One thread makes, uses and closes them; what it does never waits for a cell.</summary>
internal sealed class KernelSockets : IDisposable
{
    /// <summary>How long the last messages may take to leave.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a frame: a cell or a picture for it has less. Who sends more is disconnected before they are stored.</summary>
    private const long MostFrameBytes = 1 << 27;

    /// <summary>Bytes of a message after which memory is given back.</summary>
    private const long LargeMessageBytes = 1 << 23;

    private readonly ConnectionFile _connection;
    private readonly Action<string> _log;
    private readonly Action<KernelChannel, IReadOnlyList<byte[]>> _received;
    private readonly Action<byte[]> _subscribed;
    private readonly NetMQQueue<Action> _work = new();
    private readonly NetMQPoller _poller = [];
    private readonly Dictionary<KernelChannel, NetMQSocket> _sockets = [];
    private readonly List<NetMQSocket> _all = [];
    private readonly ManualResetEventSlim _bound = new();
    private readonly ManualResetEventSlim _started = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _refused;

    /// <summary>Binds the sockets; what comes waits for <see cref="Start"/>.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="received">Takes the frames of each message, on the sockets' thread: it must not wait.</param>
    /// <param name="subscribed">Takes the topic of each new subscription to outputs, on the sockets' thread.</param>
    /// <param name="log">Takes lines about what went wrong.</param>
    /// <exception cref="NotebookException">A port is taken.</exception>
    public KernelSockets(
        ConnectionFile connection,
        Action<KernelChannel, IReadOnlyList<byte[]>> received,
        Action<byte[]> subscribed,
        Action<string> log
    )
    {
        (_connection, _received, _subscribed, _log) = (connection, received, subscribed, log);
        _thread = new Thread(Run) { IsBackground = true, Name = "jupyter sockets" };
        _thread.Start();
        _bound.Wait();
        _refused?.Throw();
    }

    /// <summary>Begins to pass messages on and to send them.</summary>
    public void Start() => _started.Set();

    /// <summary>Sends a message.</summary>
    /// <param name="channel">On which socket.</param>
    /// <param name="frames">Its frames.</param>
    /// <param name="unreachable">Called if nobody is there to take it.</param>
    public void Send(KernelChannel channel, IReadOnlyList<byte[]> frames, Action? unreachable = null) =>
        Do(() =>
        {
            try
            {
                _sockets[channel].SendMultipartBytes(frames);
            }
            catch (HostUnreachableException)
            {
                _log($"a client has gone before its message on {channel} could be sent");
                unreachable?.Invoke();
            }
        });

    /// <summary>Completes when every request that had arrived by now has been passed on.</summary>
    public Task ArrivedAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Do(() =>
        {
            Receive(KernelChannel.Shell);
            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Sends what is left and closes the sockets; gives up after a moment.</summary>
    public void Dispose()
    {
        Do(_poller.StopAsync);
        Start();
        _thread.Join(Linger);
    }

    private void Run()
    {
        try
        {
            Bind(KernelChannel.Shell, new RouterSocket(), _connection.ShellPort);
            Bind(KernelChannel.Control, new RouterSocket(), _connection.ControlPort);
            Bind(KernelChannel.Stdin, new RouterSocket(), _connection.StdinPort);
            var publish = Bind(KernelChannel.Publish, new XPublisherSocket(), _connection.PublishPort);
            publish.Options.XPubVerbose = true;
            var heartbeat = new RouterSocket();
            Bind(heartbeat, _connection.HeartbeatPort);
            heartbeat.ReceiveReady += (_, _) => Guarded(() => Echo(heartbeat));
            _poller.Add(heartbeat);
            _work.ReceiveReady += (_, _) =>
            {
                while (_work.TryDequeue(out var action, TimeSpan.Zero))
                {
                    Guarded(action);
                }
            };
            _poller.Add(_work);
        }
        catch (Exception e)
        {
            _refused = ExceptionDispatchInfo.Capture(e);
            Close();
            return;
        }
        finally
        {
            _bound.Set();
        }

        _started.Wait();
        _poller.Run();
        Close();
    }

    private NetMQSocket Bind(KernelChannel channel, NetMQSocket socket, int port)
    {
        _sockets[channel] = socket;
        Bind(socket, port);
        socket.ReceiveReady += (_, _) => Guarded(() => Receive(channel));
        _poller.Add(socket);
        return socket;
    }

    private void Bind(NetMQSocket socket, int port)
    {
        _all.Add(socket);

        // Nothing is ever dropped: an idle that never comes would hang a front end. What a cell may send is bounded where it is made.
        (socket.Options.SendHighWatermark, socket.Options.ReceiveHighWatermark, socket.Options.Linger) = (0, 0, Linger);
        socket.Options.MaxMsgSize = MostFrameBytes;
        if (socket is RouterSocket)
        {
            socket.Options.RouterMandatory = true;
        }

        try
        {
            socket.Bind(_connection.Endpoint(port));
        }
        catch (NetMQException e)
        {
            throw new NotebookException(
                $"the kernel cannot listen on {_connection.Endpoint(port)}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; start it again, so that the front end chooses other ports.",
                e
            );
        }
    }

    private void Receive(KernelChannel channel)
    {
        List<byte[]> frames = [];
        var large = false;
        while (_sockets[channel].TryReceiveMultipartBytes(ref frames, expectedFrameCount: 8))
        {
            if (channel != KernelChannel.Publish)
            {
                _received(channel, [.. frames]);
            }
            else if (frames is [[1, .. var topic]])
            {
                _subscribed(topic);
            }

            large |= frames.Sum(f => (long)f.Length) > LargeMessageBytes;
        }

        if (large)
        {
            frames = [];
            _ = Task.Delay(TimeSpan.FromSeconds(1))
                .ContinueWith(
                    _ => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true),
                    TaskScheduler.Default
                );
        }
    }

    private static void Echo(NetMQSocket heartbeat)
    {
        List<byte[]> frames = [];
        while (heartbeat.TryReceiveMultipartBytes(ref frames))
        {
            try
            {
                heartbeat.SendMultipartBytes(frames);
            }
            catch (HostUnreachableException)
            {
                // A client that asked and left wants no answer.
            }
        }
    }

    private void Do(Action action)
    {
        try
        {
            _work.Enqueue(action);
        }
        catch (ObjectDisposedException)
        {
            // The kernel has ended; nobody listens any more.
        }
    }

    /// <summary>Nothing that goes wrong with one message ends the thread that all messages need.</summary>
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _log($"{e.GetType().Name} on the sockets' thread: {e.Message}");
        }
    }

    private void Close()
    {
        _poller.Dispose();
        _work.Dispose();
        foreach (var socket in _all)
        {
            socket.Dispose();
        }
    }
}
