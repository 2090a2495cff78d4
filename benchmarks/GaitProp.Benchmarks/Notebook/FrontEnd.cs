using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Kernel.Jupyter;
using GaitProp.Notebook.Protocol;
using NetMQ;
using NetMQ.Sockets;

namespace GaitProp.Benchmarks.Notebook;

/// <summary>As little of a notebook front end as it takes to start the kernel and time its cells.</summary>
internal sealed class FrontEnd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly MessageSignature _signature = new("benchmark"u8.ToArray());
    private readonly DealerSocket _shell = new();
    private readonly Process _kernel;
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-benchmark-").FullName;

    /// <summary>Starts a kernel as Jupyter does: the built program, with a connection file.</summary>
    public FrontEnd()
    {
        var listeners = Enumerable.Range(0, 5).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        Array.ForEach(listeners, l => l.Dispose());
        var file = Path.Combine(_folder, "connection.json");
        File.WriteAllText(
            file,
            new JsonObject
            {
                ["ip"] = "127.0.0.1",
                ["transport"] = "tcp",
                ["signature_scheme"] = MessageSignature.Scheme,
                ["key"] = "benchmark",
                ["shell_port"] = ports[0],
                ["control_port"] = ports[1],
                ["stdin_port"] = ports[2],
                ["iopub_port"] = ports[3],
                ["hb_port"] = ports[4],
            }.ToJsonString(),
            new UTF8Encoding(false)
        );
        var start = OwnProgram.Start("jupyter", "start", file);
        start.WorkingDirectory = _folder;
        _kernel = Process.Start(start)!;
        _shell.Connect($"tcp://127.0.0.1:{ports[0].ToString(System.Globalization.CultureInfo.InvariantCulture)}");
    }

    /// <summary>Waits until the kernel says who it is.</summary>
    public void Greet() => Ask("kernel_info_request", []);

    /// <summary>Runs a cell and waits for its reply.</summary>
    /// <param name="code">The cell.</param>
    public void Execute(string code)
    {
        var reply = Ask("execute_request", new JsonObject { ["code"] = code });
        if (reply.Text("status") != "ok")
        {
            throw new GaitPropException($"the cell '{code}' ended with {reply.Content.ToJsonString()}: run it in a notebook to see why.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _shell.Options.Linger = TimeSpan.Zero;
        _shell.Dispose();
        _kernel.Kill(entireProcessTree: true);
        _kernel.WaitForExit();
        _kernel.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private JupyterMessage Ask(string type, JsonObject content)
    {
        var id = Guid.NewGuid().ToString();
        var header = new JsonObject
        {
            ["msg_id"] = id,
            ["session"] = "benchmark",
            ["username"] = "benchmark",
            ["date"] = "2026-01-01T00:00:00Z",
            ["msg_type"] = type,
            ["version"] = "5.3",
        };
        _shell.SendMultipartBytes([.. WireFormat.Write([], _signature, header, WireFormat.Nothing, null, content)]);
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience && !_kernel.HasExited; )
        {
            List<byte[]> frames = [];
            if (
                _shell.TryReceiveMultipartBytes(TimeSpan.FromMilliseconds(200), ref frames)
                && WireFormat.Read(frames, _signature) is var message
                && message.ParentId == id
            )
            {
                return message;
            }
        }

        throw new GaitPropException($"the kernel does not answer a {type}: start it with 'gaitprop jupyter start FILE' to see why.");
    }
}
