using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Tests.CSharp;

/// <summary>Cells that are stopped, of one notebook: it goes on after each of them.</summary>
public sealed class CellInterruptTests(SharedEngine shared) : EngineTest(shared), IClassFixture<SharedEngine>
{
    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (;;) ;")]
    [InlineData("again: goto again;")]
    [InlineData("do { await Task.Yield(); } while (true);")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("await Task.Delay(-1, Interrupt);")]
    [InlineData("new TaskCompletionSource().Task.Wait();")]
    [InlineData("new ManualResetEvent(false).WaitOne();")]
    [InlineData("while (true) { try { Thread.Sleep(1); throw new Exception(); } catch { } }")]
    [InlineData("while (true) { try { while (true) { } } catch (Exception) { } }")]
    [InlineData("while (true) { try { await Task.Delay(-1, Interrupt); } catch { } }")]
    [InlineData("while (true) { try { } finally { } }")]
    [InlineData("Enumerable.Repeat(1, int.MaxValue).SelectMany(i => Enumerable.Repeat(1, int.MaxValue)).Count(i => i == 2)")]
    [InlineData(
        "(from i in Enumerable.Repeat(1, int.MaxValue) from j in Enumerable.Repeat(1, int.MaxValue) where i + j == 3 select i).Count()"
    )]
    [InlineData("IEnumerable<int> Endless() { for (var i = 0; ; i++) yield return i; }\nEndless().Where(i => i < 0).ToList()")]
    [InlineData("int Deep(int n) => n <= 0 ? 0 : Deep(n - 1) + Deep(n - 1);\nDeep(1000000000 % 60)")]
    [InlineData("await Task.Run(() => { while (true) { } });")]
    [InlineData("Task.Run(() => { while (true) { } }).Wait();")]
    [InlineData("Parallel.For(0, 2, _ => { while (true) { } });")]
    [InlineData("await Task.Delay(1).ConfigureAwait(false); while (true) { }")]
    [InlineData("async Task Loop() { while (true) await Task.Delay(1).ConfigureAwait(false); }\nawait Loop();")]
    [InlineData(
        "var gate = new object(); var t = new Thread(() => { lock (gate) Thread.Sleep(20000); }) { IsBackground = true }; t.Start(); Thread.Sleep(100); lock (gate) { }"
    )]
    [InlineData("class Slow { public override string ToString() { while (true) { } } }\ndisplay(new Slow(), \"text/plain\")")]
    [InlineData("class Slow { public override string ToString() { while (true) { } } }\nstring.Concat(new Slow())")]
    [InlineData("static class S { public static int X = F(); static int F() { while (true) { } } }\nS.X")]
    [InlineData("using (var wait = Process.Start(\"sleep\", \"20\")) wait.WaitForExit();")]
    [InlineData("Console.ReadLine()")]
    public async Task The_stop_button_stops_it_and_all_variables_stay(string code)
    {
        await Run("var kept = 40;");
        using var stop = new CancellationTokenSource();
        var cell = Try($"kept++; Console.Write(\"begun\");\n{code}", stop.Token);
        Cell.WaitsForAnswers = true;
        await Until(() => Cell.Out == "begun" || cell.IsCompleted);
        Assert.False(cell.IsCompleted, "It ended by itself.");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        var result = await cell;
        var time = clock.Elapsed;

        Assert.Equal(CellStatus.Interrupted, result.Status);
        Assert.Contains("The cell was stopped", result.Error!.Message, StringComparison.Ordinal);
        Assert.True(time < TimeSpan.FromSeconds(15), $"It took {time}.");
        Assert.Equal("42", await Value("kept + 1"));
    }

    [Fact]
    public async Task A_loop_of_a_loaded_file_is_stopped_too()
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-load-").FullName;
        try
        {
            var file = Path.Combine(folder, "h.csx");
            await File.WriteAllTextAsync(file, "void Spin() { while (true) { } }", Ending);
            using var stop = new CancellationTokenSource();
            var cell = Try($"#load \"{file}\"\nConsole.Write(\"begun\"); Spin();", stop.Token);
            await Until(() => Cell.Out == "begun" || cell.IsCompleted);
            await stop.CancelAsync();
            var result = await cell;

            Assert.Equal(CellStatus.Interrupted, result.Status);
            Assert.Contains("The cell was stopped", result.Error!.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_cannot_be_stopped_is_said_and_the_next_cell_works()
    {
        await Run("var x = 1;");
        using var stop = new CancellationTokenSource();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        // A call into the system that waits for an answer, without a line of the cell in it. It ends with the listener.
        var cell = Try(
            $"var client = new System.Net.Sockets.TcpClient(); client.Connect(System.Net.IPAddress.Loopback, {((IPEndPoint)silent.LocalEndpoint).Port}); Console.Write(\"begun\"); client.GetStream().ReadByte()",
            stop.Token
        );
        await Until(() => Cell.Out == "begun" || cell.IsCompleted);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        var result = await cell;

        Assert.Equal(CellStatus.Interrupted, result.Status);
        Assert.Contains("restart the kernel", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("1", await Value("x"));
    }

    [Fact]
    public async Task Code_that_watches_the_stop_button_ends_in_its_own_way()
    {
        await Run("var log = new List<string>();");
        using var stop = new CancellationTokenSource();
        var cell = Try(
            "var token = Interrupt; Console.Write(\"begun\"); while (!token.IsCancellationRequested) { } log.Add(\"tidied\"); log.Count",
            stop.Token
        );
        await Until(() => Cell.Out == "begun");
        await stop.CancelAsync();
        Assert.Equal(CellStatus.Ok, (await cell).Status);
        Assert.Equal("tidied", await Value("log[0]"));
    }

    [Fact]
    public async Task Finally_blocks_of_stopped_loops_run()
    {
        await Run("var log = new List<string>();");
        using var stop = new CancellationTokenSource();
        var cell = Try("Console.Write(\"begun\"); try { while (true) { } } finally { log.Add(\"finally\"); }", stop.Token);
        await Until(() => Cell.Out == "begun");
        await stop.CancelAsync();
        Assert.Equal(CellStatus.Interrupted, (await cell).Status);
        Assert.Equal("finally", await Value("log[0]"));
    }

    [Fact]
    public async Task A_cell_that_was_stopped_before_it_began_does_not_run()
    {
        await Run("var x = 1;");
        Assert.Equal(CellStatus.Interrupted, (await Try("x = 2;", new CancellationToken(canceled: true))).Status);
        Assert.Equal("1", await Value("x"));
    }

    [Fact]
    public async Task An_exception_that_only_looks_like_a_stop_is_a_failure()
    {
        var error = await Fail("throw new OperationCanceledException(\"my own\");");
        Assert.Equal("OperationCanceledException", error.Name);
        await Run("var stop = new CancellationTokenSource(10);");
        Assert.Equal("TaskCanceledException", (await Fail("await Task.Delay(-1, stop.Token);")).Name);
    }

    [Fact]
    public async Task Checks_leave_no_frame_in_a_trace_and_change_no_result()
    {
        // Every kind of place that a check is put to, values on the stack included.
        Assert.Equal("4950", await Value("var s = 0; for (var i = 0; i < 100; i++) s += i; s"));
        Assert.Equal("55", await Value("int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);\nFib(10)"));
        Assert.Equal(
            "1,2,3",
            await Value("var text = string.Join(\",\", new[] { 3, 1, 2 }.OrderBy(x => { while (x < 0) x++; return x; })); text")
        );
        Assert.Equal(
            "caught 7",
            await Value(
                "string r; try { try { throw new Exception(); } catch (Exception e) when (e.Message.Length > 0) { throw new FormatException(); } finally { s = 7; } } catch (FormatException) { r = \"caught \" + s; } r"
            )
        );
        Assert.Equal(
            "6",
            await Value(
                "async IAsyncEnumerable<int> Items() { for (var i = 1; i < 4; i++) { await Task.Yield(); yield return i; } }\nvar sum = 0; await foreach (var i in Items()) sum += i; sum"
            )
        );
        Assert.Equal(
            "b",
            await Value(
                "string Name(int n) { switch (n) { case 0: return \"a\"; case 1: goto case 2; case 2: return \"b\"; default: return \"c\"; } }\nName(1)"
            )
        );
        var error = await Fail("int Down(int n) => n == 0 ? throw new Exception() : Down(n - 1);\nDown(3)");
        Assert.DoesNotContain(error.Traceback, l => l.Contains("CellStop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stops_at_any_moment_leave_the_engine_whole()
    {
        // Cells that are in and out of short waits all the time: the wake-up meets them anywhere.
        for (var i = 0; i < 15; i++)
        {
            using var stop = new CancellationTokenSource();
            var cell = Try(
                "Console.Write(\"begun\"); while (true) { Thread.Sleep(1); await Task.Yield(); await Task.Run(() => Thread.Sleep(0)); try { Thread.Sleep(1); } catch { } }",
                stop.Token
            );
            await Until(() => Cell.Out == "begun");
            await stop.CancelAsync();
            Assert.Equal(CellStatus.Interrupted, (await cell).Status);
        }

        Assert.Equal("2", await Value("1 + 1"));
    }

    [Fact]
    public async Task A_training_stops_with_a_checkpoint_and_keeps_the_variables()
    {
        var runs = Directory.CreateTempSubdirectory("gaitprop-engine-").FullName;
        try
        {
            await Run("var x = 1;");
            using var stop = new CancellationTokenSource();
            var cell = Try(
                $"#!gaitprop train synthetic-shallow --epochs 100000 --set trainImages=512 --set testImages=256 --set network=\"dense 40, dense 10\" --data embedded --runs {runs} --as run\nx = 2;",
                stop.Token
            );
            await Until(() => Cell.Events.Any(e => e.Kind == "update") || cell.IsCompleted);
            await stop.CancelAsync();
            Assert.Equal(CellStatus.Interrupted, (await cell).Status);
            Assert.NotEmpty(Directory.GetFiles(runs, "*.safetensors", SearchOption.AllDirectories));
            Assert.Equal("1", await Value("x"));
        }
        finally
        {
            Directory.Delete(runs, recursive: true);
        }
    }
}
