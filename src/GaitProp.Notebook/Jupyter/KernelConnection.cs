using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Protocol;
using GaitProp.Notebook.Worker;

namespace GaitProp.Notebook.Jupyter;

/// <summary>A kernel of Jupyter that this process has started, and talks to as a front end does.</summary>
internal sealed class KernelConnection : IAsyncDisposable
{
    /// <summary>How long a kernel may take to answer for the first time.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>How long it may take to end when it is asked to.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer may take behind the word that the kernel is idle, which comes on another socket.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Its last words that an error repeats.</summary>
    private const int LastWords = 3;

    private readonly InstalledKernel _kernel;
    private readonly Process _process;
    private readonly MessageSignature _signature;
    private readonly ClientSockets _sockets;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, Request> _requests = new();
    private readonly ConcurrentQueue<string> _words = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasAnswered;

    private KernelConnection(InstalledKernel kernel, ConnectionFile connection, string file)
    {
        (_kernel, _signature) = (kernel, new MessageSignature(connection.Key));
        string[] words =
        [
            .. kernel.Words.Select(w =>
                w.Replace("{connection_file}", file, StringComparison.Ordinal)
                    .Replace("{resource_dir}", kernel.Folder, StringComparison.Ordinal)
            ),
        ];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in kernel.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new CellException(
                $"The kernel '{kernel.Name}' cannot be started: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; {InstalledKernel.Listed}.",
                "KernelError"
            );
        }

        _process.EnableRaisingEvents = true;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Exited += (_, _) => _ended.TrySetResult();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (_process.HasExited)
        {
            _ended.TrySetResult();
        }

        _sockets = new ClientSockets(connection, Encoding.ASCII.GetBytes(_session), Received);
    }

    /// <summary>The language that it says it has: <c>python</c>.</summary>
    public string Language { get; private set; } = "";

    /// <summary>Whether it is there.</summary>
    public bool IsAlive => !_ended.Task.IsCompleted;

    /// <summary>Starts a kernel and waits until it answers.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="CellException">It does not start.</exception>
    public static async Task<KernelConnection> StartAsync(InstalledKernel kernel, CancellationToken stop)
    {
        var ports = FreePorts(5);
        var connection = new ConnectionFile(
            "127.0.0.1",
            ports[0],
            ports[1],
            ports[2],
            ports[3],
            ports[4],
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)))
        );
        // The kernel has read it when it answers.
        var passing = Directory.CreateTempSubdirectory("gaitprop-kernel-");
        KernelConnection? made = null;
        try
        {
            var file = Path.Combine(passing.FullName, "connection.json");
            await File.WriteAllTextAsync(file, connection.Json().ToJsonString(), stop).ConfigureAwait(false);
            made = new KernelConnection(kernel, connection, file);
            await made.AnswersAsync(stop).ConfigureAwait(false);
            return made;
        }
        catch
        {
            if (made is not null)
            {
                await made.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
        finally
        {
            passing.Delete(recursive: true);
        }
    }

    /// <summary>Asks for something and waits for the answer, and until all outputs that belong to it have come.</summary>
    /// <param name="type">What is asked for: <c>execute_request</c>.</param>
    /// <param name="content">The request.</param>
    /// <param name="told">Takes the outputs and questions that come before the answer, in their order.</param>
    /// <param name="stop">From then on the answer may never come: a kernel that is interrupted may drop what it was asked.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="CellException">The kernel has ended.</exception>
    /// <exception cref="OperationCanceledException">The kernel was stopped and has dropped it.</exception>
    public async Task<JupyterMessage> AskAsync(
        string type,
        JsonObject content,
        Action<JupyterMessage>? told = null,
        CancellationToken stop = default
    )
    {
        var request = new Request(told ?? (_ => { }));
        var id = Send(KernelChannel.Shell, type, content, request);
        using var stopped = stop.Register(() => _ = DropAsync(request));
        try
        {
            if (await Task.WhenAny(request.Done, _ended.Task).ConfigureAwait(false) == _ended.Task && !request.Done.IsCompleted)
            {
                throw Ended();
            }

            return await request.Done.ConfigureAwait(false);
        }
        finally
        {
            _requests.TryRemove(id, out _);
        }
    }

    /// <summary>Answers a question of the kernel.</summary>
    /// <param name="text">What the user wrote.</param>
    public void Answer(string text) => Send(KernelChannel.Stdin, "input_reply", new JsonObject { ["value"] = text }, null);

    /// <summary>Presses its stop button.</summary>
    public void Interrupt()
    {
        if (_kernel.InterruptsByMessage)
        {
            Send(KernelChannel.Control, "interrupt_request", [], null);
        }
        else if (IsAlive)
        {
            ProcessGroup.Interrupt(_process.Id);
        }
    }

    /// <summary>What to say of a kernel that has ended.</summary>
    public CellException Ended()
    {
        _process.WaitForExit(TimeSpan.FromSeconds(1));
        var words = string.Join(" | ", _words.TakeLast(LastWords));
        var code = _process.HasExited ? string.Create(CultureInfo.InvariantCulture, $" with exit code {_process.ExitCode}") : "";
        var loss = _hasAnswered ? ", its variables are gone: #!connect jupyter starts it again under another name" : " before it answered";
        return new CellException(
            $"The kernel '{_kernel.Name}' has ended{code}{(words.Length == 0 ? "" : $" ({words})")}{loss}; {InstalledKernel.Listed}.",
            "KernelDied"
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
        {
            Send(KernelChannel.Control, "shutdown_request", new JsonObject { ["restart"] = false }, null);
            await Task.WhenAny(_ended.Task, Task.Delay(Farewell)).ConfigureAwait(false);
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        // Nobody answers any more: who waits, and who watches over that, ends.
        foreach (var request in _requests.Values)
        {
            request.Drop();
        }

        _sockets.Dispose();
        _process.Dispose();
    }

    /// <summary>Ports that nobody uses. All are held until the last is known: the system may give one again that was given back.</summary>
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            foreach (var listener in listeners)
            {
                listener.Start();
            }

            return [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners)
            {
                listener.Dispose();
            }
        }
    }

    /// <summary>Asks again and again: what a kernel publishes before this process has subscribed is lost.</summary>
    private async Task AnswersAsync(CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var asked = AskAsync("kernel_info_request", [], stop: stop);
            await Task.WhenAny(asked, Task.Delay(TimeSpan.FromSeconds(1), stop)).ConfigureAwait(false);
            if (asked.IsCompleted)
            {
                Language = (await asked.ConfigureAwait(false)).Content["language_info"]?["name"]?.ToString() ?? "";
                _hasAnswered = true;
                return;
            }

            if (clock.Elapsed > StartLimit)
            {
                throw new CellException(
                    $"The kernel '{_kernel.Name}' has not answered within {StartLimit.TotalSeconds:0} seconds{(_words.IsEmpty ? "" : $" ({string.Join(" | ", _words.TakeLast(LastWords))})")}; {InstalledKernel.Listed}.",
                    "KernelError"
                );
            }
        }
    }

    /// <summary>
    /// Gives up a request that a stopped kernel has done with and has not answered: Python's drops one when the signal meets its own code,
    /// before that of the cell or behind it.
    /// </summary>
    private async Task DropAsync(Request request)
    {
        for (var wasIdle = false; !request.Done.IsCompleted && IsAlive; )
        {
            await Task.WhenAny(request.Done, Task.Delay(Grace)).ConfigureAwait(false);
            if (wasIdle)
            {
                request.Drop();
            }

            wasIdle = request.IsIdle;
        }
    }

    private string Send(KernelChannel channel, string type, JsonObject content, Request? request)
    {
        var id = Guid.NewGuid().ToString("N");
        if (request is not null)
        {
            _requests[id] = request;
        }

        var header = new JsonObject
        {
            ["msg_id"] = id,
            ["session"] = _session,
            ["username"] = "gaitprop",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["msg_type"] = type,
            ["version"] = "5.3",
        };
        _sockets.Send(channel, WireFormat.Write([], _signature, header, WireFormat.Nothing, null, content));
        return id;
    }

    private void Received(KernelChannel channel, IReadOnlyList<byte[]> frames)
    {
        try
        {
            var message = WireFormat.Read(frames, _signature);
            if (_requests.TryGetValue(message.ParentId, out var request))
            {
                request.Take(channel, message);
            }
        }
        catch (FormatException e)
        {
            Keep($"a message was dropped: {e.Message}");
        }
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            _words.Enqueue(line.Trim());
            while (_words.Count > 20)
            {
                _words.TryDequeue(out _);
            }
        }
    }

    /// <summary>A request that waits for its answer and for the word that all is said.</summary>
    private sealed class Request(Action<JupyterMessage> told)
    {
        private readonly TaskCompletionSource<JupyterMessage> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private JupyterMessage? _answer;
        private volatile bool _isIdle;

        public Task<JupyterMessage> Done => _done.Task;

        /// <summary>Whether the kernel has said that it has done with it.</summary>
        public bool IsIdle => _isIdle;

        /// <summary>No answer comes any more.</summary>
        public void Drop() => _done.TrySetCanceled();

        /// <summary>Called by the one thread of the sockets.</summary>
        public void Take(KernelChannel channel, JupyterMessage message)
        {
            switch (channel)
            {
                case KernelChannel.Shell:
                    _answer = message;
                    break;
                case KernelChannel.Publish when message.Type == "status":
                    _isIdle |= message.Text("execution_state") == "idle";
                    break;
                default:
                    told(message);
                    break;
            }

            if (_answer is not null && _isIdle)
            {
                _done.TrySetResult(_answer);
            }
        }
    }
}
