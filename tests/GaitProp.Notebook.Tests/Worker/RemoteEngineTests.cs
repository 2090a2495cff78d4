using System.Diagnostics;
using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Tests.Server;
using GaitProp.Notebook.Worker;

namespace GaitProp.Notebook.Tests.Worker;

/// <summary>Cells in the real engine, in a process of its own: one for all tests, as in a notebook.</summary>
public sealed class RemoteEngineTests(RemoteEngineTests.Worker shared) : IClassFixture<RemoteEngineTests.Worker>
{
    private const string Native = """
        [System.Runtime.InteropServices.DllImport("libc")] static extern int puts(string text);
        [System.Runtime.InteropServices.DllImport("libc")] static extern void abort();

        """;

    private readonly RemoteEngine _engine = shared.Engine;

    [Fact]
    public async Task What_a_cell_prints_shows_and_gives_arrives_and_state_lives_on()
    {
        var (result, cell) = await Run("""var x = 40; Console.WriteLine("hello"); Console.Error.WriteLine("oh"); x + 2""");
        Assert.Equal(CellStatus.Ok, result.Status);
        Assert.Equal(("hello\n", "oh\n", "42"), (cell.Out, cell.Error, cell.Shown.Single().Data["text/plain"].ToString()));
        Assert.Equal("41", (await _engine.EvaluateAsync("x + 1", CancellationToken.None)).Data["text/plain"].ToString());
        Assert.NotEmpty((await Assert.ThrowsAsync<CellException>(() => _engine.EvaluateAsync("nothing", CancellationToken.None))).Message);
        Assert.Equal(Completeness.Complete, (await _engine.IsCompleteAsync("1 + 1", CancellationToken.None)).Status);
    }

    [Fact]
    public async Task What_native_code_prints_is_shown_before_the_cell_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "libc is of Unix");
        var (result, cell) = await Run(Native + """puts("from C 𝛾");""");
        Assert.Equal(CellStatus.Ok, result.Status);
        Assert.Equal("from C 𝛾\n", cell.Out);
        var (_, next) = await Run("""using (var raw = Console.OpenStandardError()) raw.Write("raw"u8);""");
        Assert.Equal("raw", next.Error);
    }

    [Theory]
    [InlineData("int F(int a) => F(a + 1) + 1; F(0)", "stack overflow", "F(Int32)")]
    [InlineData(Native + "abort();", "SIGABRT", "")]
    public Task A_cell_that_ends_its_process_is_told_and_the_next_one_works(string code, string what, string word) =>
        Ends(code, what, word);

    [Theory]
    [InlineData("Environment.Exit(3);", "exit code 3", "")]
    [InlineData("System.Runtime.InteropServices.Marshal.WriteByte((nint)0x1234567, 0);", "pointer", "AccessViolation")]
    [InlineData(
        "new Thread(() => throw new Exception(\"on a thread\")).Start(); Thread.Sleep(60_000);",
        "thread of its own",
        "on a thread"
    )]
    [Trait("Size", "Exhaustive")]
    public Task Whatever_ends_it(string code, string what, string word) => Ends(code, what, word);

    private async Task Ends(string code, string what, string word)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        await Run("var x = 1;");
        var (result, _) = await Run(code);
        Assert.Equal((CellStatus.Error, RemoteEngine.KernelDied), (result.Status, result.Error!.Name));
        Assert.Contains(what, result.Error.Message, StringComparison.Ordinal);
        Assert.Contains("variables are gone", result.Error.Message, StringComparison.Ordinal);
        Assert.Contains(word, string.Join('\n', result.Error.Traceback), StringComparison.Ordinal);
        var (next, cell) = await Run("1 + 1");
        Assert.Equal((CellStatus.Ok, "2"), (next.Status, cell.Shown.Single().Data["text/plain"].ToString()));
    }

    [Fact]
    public async Task A_process_killed_between_cells_is_told_with_the_next_cell()
    {
        await Run("var x = 1;");
        var before = shared.Log.Count;
        using (var worker = Process.GetProcessById(_engine.WorkerId))
        {
            worker.Kill();
        }

        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    lock (shared.Log)
                    {
                        return shared.Log.Count > before;
                    }
                },
                KernelClient.Patience
            )
        );
        var (result, cell) = await Run("Console.Write(1)");
        Assert.Equal((CellStatus.Ok, "1"), (result.Status, cell.Out));
        Assert.Contains("all variables are gone", cell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_loop_is_stopped_and_variables_live()
    {
        await Run("var x = 7;");
        using var interrupt = new CancellationTokenSource();
        var cell = new RecordedCell();
        var running = _engine.ExecuteAsync("""Console.WriteLine("begun"); while (true) { x++; }""", shared.Next(), cell, interrupt.Token);
        Assert.True(SpinWait.SpinUntil(() => cell.Out.Length > 0, KernelClient.Patience));
        await interrupt.CancelAsync();
        Assert.Equal(
            CellStatus.Interrupted,
            (await running.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken)).Status
        );
        var (_, after) = await Run("x > 7");
        Assert.Equal("true", after.Shown.Single().Data["text/plain"].ToString(), ignoreCase: true);
    }

    [Fact]
    public async Task What_a_cell_asks_of_the_stop_button_may_fail_and_the_cell_is_stopped_all_the_same()
    {
        await Run("var kept = 8;");
        using var interrupt = new CancellationTokenSource();
        var cell = new RecordedCell();
        var running = _engine.ExecuteAsync(
            """Interrupt.Register(() => throw new Exception("mine")); Console.WriteLine("begun"); await Task.Delay(-1);""",
            shared.Next(),
            cell,
            interrupt.Token
        );
        Assert.True(SpinWait.SpinUntil(() => cell.Out.Length > 0, KernelClient.Patience));
        await interrupt.CancelAsync();

        Assert.Equal(
            CellStatus.Interrupted,
            (await running.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken)).Status
        );
        Assert.Equal("8", (await Run("kept")).Cell.Shown.Single().Data["text/plain"].ToString());
    }

    [Fact]
    public async Task Input_is_asked_for_and_comes_back()
    {
        var cell = new RecordedCell();
        cell.Answers.Enqueue("Ada");
        await _engine.ExecuteAsync("Console.Write(\"<\" + Console.ReadLine() + \">\");", shared.Next(), cell, CancellationToken.None);
        Assert.Equal("<Ada>", cell.Out);
        var nobody = new RecordedCell();
        Assert.Equal(
            CellStatus.Error,
            (await _engine.ExecuteAsync("Console.ReadLine()", shared.Next(), nobody, CancellationToken.None)).Status
        );
    }

    [Fact]
    public async Task A_cell_that_asks_again_whatever_happens_is_stopped_and_asks_nobody_any_more()
    {
        using var interrupt = new CancellationTokenSource();
        var cell = new RecordedCell { WaitsForAnswers = true };
        var running = _engine.ExecuteAsync(
            """while (true) { try { int.Parse(Console.ReadLine()!); break; } catch { Console.WriteLine("again"); } }""",
            shared.Next(),
            cell,
            interrupt.Token
        );
        Assert.True(SpinWait.SpinUntil(() => cell.Asked == 1, KernelClient.Patience));
        await interrupt.CancelAsync();

        Assert.Equal(
            CellStatus.Interrupted,
            (await running.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken)).Status
        );
        Assert.Equal(1, cell.Asked);
    }

    [Fact]
    public async Task A_cell_that_keeps_the_thread_pool_busy_is_heard_and_the_engines_end_ends_the_process_and_what_that_has_started()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no 'sleep'");
        await using var engine = new RemoteEngine(OwnProgram.StartWorker, _ => { });
        var cell = new RecordedCell();
        await engine.ExecuteAsync(
            """Console.Write(System.Diagnostics.Process.Start("sleep", "1000").Id);""",
            1,
            cell,
            CancellationToken.None
        );
        var child = int.Parse(cell.Out, CultureInfo.InvariantCulture);
        var busy = new RecordedCell();
        _ = engine.ExecuteAsync(
            """for (var i = 0; i < 2000; i++) { ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.Sleep(600_000), null); } Console.WriteLine("busy"); while (true) { Thread.Sleep(10); }""",
            2,
            busy,
            CancellationToken.None
        );
        Assert.True(SpinWait.SpinUntil(() => busy.Out == "busy\n", KernelClient.Patience));

        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are read from /proc");
        var worker = engine.WorkerId;
        Assert.True(LiveProcess.Exists(child));
        await engine.DisposeAsync();
        Assert.True(SpinWait.SpinUntil(() => !LiveProcess.Exists(worker) && !LiveProcess.Exists(child), KernelClient.Patience));
    }

    private async Task<(CellResult Result, RecordedCell Cell)> Run(string code)
    {
        var cell = new RecordedCell();
        var result = await _engine
            .ExecuteAsync(code, shared.Next(), cell, CancellationToken.None)
            .WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        return (result, cell);
    }

    /// <summary>The worker that the tests share.</summary>
    public sealed class Worker : IAsyncDisposable
    {
        private int _number;

        public Worker() =>
            Engine = new RemoteEngine(
                OwnProgram.StartWorker,
                line =>
                {
                    lock (Log)
                    {
                        Log.Add(line);
                    }
                }
            );

        internal List<string> Log { get; } = [];

        internal RemoteEngine Engine { get; }

        public ValueTask DisposeAsync() => Engine.DisposeAsync();

        internal int Next() => ++_number;
    }
}
