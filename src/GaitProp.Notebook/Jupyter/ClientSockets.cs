using GaitProp.Notebook.Protocol;
using NetMQ;
using NetMQ.Sockets;

namespace GaitProp.Notebook.Jupyter;

/// <summary>The sockets of a front end: the other side of <see cref="KernelSockets"/>. One thread makes, uses and closes them.</summary>
internal sealed class ClientSockets : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private readonly NetMQQueue<Action> _work = new();
    private readonly NetMQPoller _poller = [];
    private readonly Dictionary<KernelChannel, NetMQSocket> _sockets = [];
    private readonly Thread _thread;

    /// <summary>Connects to a kernel, which may not listen yet.</summary>
    /// <param name="connection">Where it will listen.</param>
    /// <param name="identity">Who asks: questions to the user come back to who sent the cell.</param>
    /// <param name="received">Takes the frames of each message, on the sockets' thread: it must not wait.</param>
    public ClientSockets(ConnectionFile connection, byte[] identity, Action<KernelChannel, IReadOnlyList<byte[]>> received)
    {
        _thread = new Thread(() =>
        {
            Connect(KernelChannel.Shell, new DealerSocket(), connection.ShellPort);
            Connect(KernelChannel.Control, new DealerSocket(), connection.ControlPort);
            Connect(KernelChannel.Stdin, new DealerSocket(), connection.StdinPort);
            var outputs = new SubscriberSocket();
            Connect(KernelChannel.Publish, outputs, connection.PublishPort);
            outputs.SubscribeToAnyTopic();
            _work.ReceiveReady += (_, _) =>
            {
                while (_work.TryDequeue(out var action, TimeSpan.Zero))
                {
                    action();
                }
            };
            _poller.Add(_work);
            _poller.Run();
            _poller.Dispose();
            _work.Dispose();
            foreach (var socket in _sockets.Values)
            {
                socket.Dispose();
            }
        })
        {
            IsBackground = true,
            Name = "jupyter client",
        };
        _thread.Start();

        void Connect(KernelChannel channel, NetMQSocket socket, int port)
        {
            (socket.Options.SendHighWatermark, socket.Options.ReceiveHighWatermark, socket.Options.Linger) = (0, 0, Linger);
            if (channel != KernelChannel.Publish)
            {
                socket.Options.Identity = identity;
            }

            socket.Connect(connection.Endpoint(port));
            _sockets[channel] = socket;
            socket.ReceiveReady += (_, _) =>
            {
                List<byte[]> frames = [];
                while (socket.TryReceiveMultipartBytes(ref frames, expectedFrameCount: 8))
                {
                    received(channel, [.. frames]);
                }
            };
            _poller.Add(socket);
        }
    }

    /// <summary>Sends a message.</summary>
    /// <param name="channel">On which socket.</param>
    /// <param name="frames">Its frames.</param>
    public void Send(KernelChannel channel, IReadOnlyList<byte[]> frames)
    {
        try
        {
            _work.Enqueue(() => _sockets[channel].SendMultipartBytes(frames));
        }
        catch (ObjectDisposedException)
        {
            // The kernel has ended; who waits for it hears so.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _work.Enqueue(_poller.StopAsync);
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        _thread.Join(Linger);
    }
}
