using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Protocol;
using GaitProp.Notebook.Server;
using GaitProp.Notebook.Tests.Worker;

namespace GaitProp.Notebook.Tests.Server;

/// <summary>The whole kernel, as a front end starts it.</summary>
public sealed class KernelProcessTests : IDisposable
{
    /// <summary>A first cell takes about two seconds on two cores of its own; this machine has other work.</summary>
    private static readonly TimeSpan FirstCell = TimeSpan.FromSeconds(90);

    /// <summary>A later one takes some 20 ms.</summary>
    private static readonly TimeSpan LaterCell = TimeSpan.FromSeconds(1);

    private readonly GaitPropProcess _folder = new();
    private readonly List<Process> _started = [];
    private readonly ConcurrentQueue<string> _said = new();

    /// <summary>One kernel for all of it: each takes seconds to start.</summary>
    [Fact]
    public void Cells_are_answered_soon_Ctrl_C_stops_one_and_a_request_ends_all_processes_even_those_in_a_session_of_their_own()
    {
        var clock = Stopwatch.StartNew();
        var (kernel, client) = Start();
        using (client)
        {
            Assert.Equal("ok", client.Reply(client.Execute("1 + 1"))["status"]);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, FirstCell);
            var best = TimeSpan.MaxValue;
            for (var i = 0; i < 10; i++)
            {
                clock.Restart();
                Assert.Equal("ok", client.Reply(client.Execute("2 + 2"))["status"]);
                best = clock.Elapsed < best ? clock.Elapsed : best;
            }

            Assert.InRange(best, TimeSpan.Zero, LaterCell);

            Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are read from /proc");
            var cell = client.Execute("""var x = 3; Console.WriteLine("begun"); while (true) { }""");
            client.Output(cell, "stream");
            var worker = Assert.Single(LiveProcess.ChildrenOf(kernel.Id));
            GaitPropProcess.PressControlC(kernel);
            Assert.Equal("error", client.Reply(cell)["status"]);
            Assert.Equal("ok", client.Reply(client.Execute("1"))["status"]);
            Assert.Equal([worker], LiveProcess.ChildrenOf(kernel.Id));
            var next = client.Execute(
                """System.Diagnostics.Process.Start("sh", ["-c", "setsid env -i sleep 1000 & echo $!; exit"]).WaitForExit();"""
            );
            Assert.Equal("ok", client.Reply(next)["status"]);
            var child = int.Parse(client.Text(next, "stdout").Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(LiveProcess.Exists(child));
            Assert.Equal("ok", client.Ask("shutdown_request", new JsonObject { ["restart"] = false }, KernelChannel.Control)["status"]);
            Assert.True(kernel.WaitForExit(KernelClient.Patience));
            Assert.Equal(0, kernel.ExitCode);
            Assert.False(LiveProcess.Exists(child));
            Assert.True(SpinWait.SpinUntil(() => !LiveProcess.Exists(worker), KernelClient.Patience));
        }
    }

    /// <summary>What a front end does that restarts a kernel: it asks for the end, waits for a moment, and sends the signal.</summary>
    [Fact]
    public void A_signal_that_comes_while_a_kernel_ends_leaves_no_process_either()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are read from /proc");
        var (kernel, client) = Start();
        using (client)
        {
            // It keeps the worker's output open, too.
            var cell = client.Execute(
                """System.Diagnostics.Process.Start("sh", ["-c", "setsid env -i sleep 1000 & echo $!; exit"]).WaitForExit();"""
            );
            Assert.Equal("ok", client.Reply(cell)["status"]);
            var child = int.Parse(client.Text(cell, "stdout").Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(LiveProcess.Exists(child));

            // What cannot be stopped makes the end take a second or two.
            var busy = client.Execute(
                """[System.Runtime.InteropServices.DllImport("libc")] static extern uint sleep(uint seconds); Console.WriteLine("begun"); sleep(600);"""
            );
            client.Output(busy, "stream");
            Assert.Equal("ok", client.Ask("shutdown_request", new JsonObject { ["restart"] = true }, KernelChannel.Control)["status"]);
            GaitPropProcess.Signal(kernel, 15);
            Assert.True(kernel.WaitForExit(KernelClient.Patience));
            Assert.Equal(0, kernel.ExitCode);
            Assert.False(LiveProcess.Exists(child));
        }
    }

    [Fact]
    public void A_kernel_that_is_killed_leaves_no_process() => Killed(9);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Nor_does_one_that_is_asked_to_end() => Killed(15);

    private void Killed(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are read from /proc");
        var (kernel, client) = Start();
        using (client)
        {
            var cell = client.Execute(
                """System.Diagnostics.Process.Start("sleep", "1000"); Console.WriteLine("begun"); while (true) { }"""
            );
            client.Output(cell, "stream");
            var worker = Assert.Single(LiveProcess.ChildrenOf(kernel.Id));
            var child = Assert.Single(LiveProcess.ChildrenOf(worker));
            GaitPropProcess.Signal(kernel, signal);
            Assert.True(kernel.WaitForExit(KernelClient.Patience));
            Assert.True(SpinWait.SpinUntil(() => !LiveProcess.Exists(worker) && !LiveProcess.Exists(child), KernelClient.Patience));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kernel_ends_with_its_front_end(bool named)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are read from /proc");
        Process? parent = null;
        var kernel = 0;
        using var client = Connected(file =>
        {
            // A front end that starts the kernel, says its number, and lives until its input ends.
            var start = new ProcessStartInfo(
                "sh",
                [
                    "-c",
                    $"{(named ? $"{ParentWatch.Variable}=$$" : "")} dotnet \"$0\" jupyter start \"$1\" & echo $!; read line",
                    Program,
                    file,
                ]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment.Remove(ParentWatch.Variable);
            parent = Started(Process.Start(start)!);
            kernel = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
            return () => !LiveProcess.Exists(kernel);
        });
        Assert.True(LiveProcess.Exists(kernel));
        parent!.Kill();
        Assert.True(SpinWait.SpinUntil(() => !LiveProcess.Exists(kernel), KernelClient.Patience));
    }

    [Fact]
    public void A_kernel_whose_shell_ignores_the_interrupt_takes_it_again_and_closed_streams_do_not_slow_later_cells()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are ignored by 'trap'");
        Process? kernel = null;
        using var client = Connected(file =>
        {
            var start = new ProcessStartInfo("sh", ["-c", "trap '' INT; exec dotnet \"$0\" jupyter start \"$1\"", Program, file])
            {
                RedirectStandardError = true,
                WorkingDirectory = _folder.Folder,
            };
            var begun = kernel = Started(Process.Start(start)!);
            return () => begun.HasExited;
        });
        var cell = client.Execute("""Console.WriteLine("begun"); while (true) { }""");
        client.Output(cell, "stream");
        GaitPropProcess.PressControlC(kernel!);
        Assert.Equal("error", client.Reply(cell)["status"]);

        Assert.Equal(
            "ok",
            client.Reply(
                client.Execute(
                    """[System.Runtime.InteropServices.DllImport("libc")] static extern int close(int d); [System.Runtime.InteropServices.DllImport("libc")] static extern int puts(string text); close(1); close(2);"""
                )
            )["status"]
        );
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            var next = client.Execute("puts(\"native\"); Console.Write(1)");
            Assert.Equal("ok", client.Reply(next)["status"]);
            Assert.Contains("native", client.Text(next, "stdout"), StringComparison.Ordinal);
            best = clock.Elapsed < best ? clock.Elapsed : best;
        }

        Assert.InRange(best, TimeSpan.Zero, LaterCell);
    }

    [Fact]
    public void A_connection_file_that_is_not_there_is_one_line()
    {
        var finished = _folder.Run("jupyter", "start", "nowhere.json");
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("nowhere.json cannot be read", finished.OneErrorLine(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        _folder.Dispose();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "gaitprop.dll");

    private (Process Kernel, KernelClient Client) Start()
    {
        Process? kernel = null;
        var client = Connected(file =>
        {
            var begun = kernel = Started(_folder.Start("jupyter", "start", file));

            // Nobody needs it: it must not fill up.
            begun.OutputDataReceived += (_, _) => { };
            begun.BeginOutputReadLine();
            return () => begun.HasExited;
        });
        return (kernel!, client);
    }

    /// <summary>Keeps a process to the end of the test, and what it says of its troubles.</summary>
    private Process Started(Process process)
    {
        _started.Add(process);
        process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Starts a kernel and waits for its first word: on other ports where somebody has taken one of them.</summary>
    /// <param name="start">Starts it with a connection file; what it gives back tells whether the kernel has ended.</param>
    private KernelClient Connected(Func<string, Func<bool>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            _said.Clear();
            var connection = KernelClient.Ports();
            var hasEnded = start(Write(connection));
            var client = new KernelClient(connection);
            if (client.IsWelcomed(hasEnded))
            {
                return client;
            }

            client.Dispose();
            Assert.True(
                attempt < KernelClient.Attempts
                    && hasEnded()
                    && SpinWait.SpinUntil(() => _said.Any(KernelClient.SaysThatAPortIsTaken), TimeSpan.FromSeconds(30)),
                $"the kernel does not come up: {string.Join(" | ", _said)}"
            );
        }
    }

    private string Write(ConnectionFile connection)
    {
        var path = _folder["connection.json"];
        File.WriteAllText(
            path,
            new JsonObject
            {
                ["ip"] = connection.Address,
                ["transport"] = "tcp",
                ["signature_scheme"] = MessageSignature.Scheme,
                ["key"] = Encoding.UTF8.GetString(connection.Key),
                ["shell_port"] = connection.ShellPort,
                ["control_port"] = connection.ControlPort,
                ["stdin_port"] = connection.StdinPort,
                ["iopub_port"] = connection.PublishPort,
                ["hb_port"] = connection.HeartbeatPort,
            }.ToJsonString()
        );
        return path;
    }
}
