using System.Diagnostics;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Jupyter;
using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Jupyter;

/// <summary>A real kernel of Python, where one is installed: the same for all tests, as in a notebook.</summary>
public sealed class JupyterCellKernelTests(JupyterCellKernelTests.Notebook notebook)
    : EngineTest(notebook),
        IAsyncLifetime,
        IClassFixture<JupyterCellKernelTests.Notebook>
{
    internal const string Spec = "python3";

    public async ValueTask InitializeAsync()
    {
        SkipWithoutPython();
        if (!notebook.IsConnected)
        {
            await Run($"#!connect jupyter --kernel-spec {Spec} --kernel-name python");
            notebook.IsConnected = true;

            // Before it first looks something up for an editor it loads libraries, and an editor does not wait so long on a busy machine.
            await Run(
                "#!python\nwarm = get_ipython().kernel\nwarm = warm.do_complete('import math\\nmath.sq', 19), warm.do_inspect('len', 3)\ndel warm"
            );
        }
    }

    internal static void SkipWithoutPython() =>
        Assert.SkipUnless(InstalledKernel.Names.Contains(Spec), $"the kernel '{Spec}' is not installed: {InstalledKernel.Listed}");

    [Fact]
    public async Task Its_language_runs_streams_and_shows_its_values()
    {
        await Run("#!python\nimport sys\nx = 20\nprint('hello', x)\nprint('oops', file=sys.stderr)");
        Assert.Equal(("hello 20\n", "oops\n"), (Cell.Out, Cell.Error));
        Assert.Equal("21", await Value("#!python\nx + 1"));
        await Run(
            "#!python\nfrom IPython.display import display, HTML\nh = display(HTML('<b>one</b>'), display_id=True)\nh.update(HTML('<b>two</b>'))"
        );
        Assert.Equal("<b>two</b>", Html(Assert.Single(Cell.Shown)));
        Cell.Answers.Enqueue("anything");
        await Run("var y = 1;\n#!python\n'# not a directive'");
        Assert.Contains("not a directive", Text(Cell.Shown[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_come_through()
    {
        await Run(
            "#!python\nfrom IPython.display import display\nimport base64\ndisplay({'image/png': 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'text/plain': 'dot'}, raw=True)"
        );
        Assert.StartsWith("iVBOR", Assert.Single(Cell.Shown).Data["image/png"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_have_name_message_and_traceback_and_the_kernel_lives()
    {
        await Run("#!python\nkept = 5");
        var error = await Fail("#!python\ndef f():\n    return 1 / 0\nf()");
        Assert.Equal(("ZeroDivisionError", "division by zero"), (error.Name, error.Message));
        Assert.Contains("return", string.Concat(error.Traceback), StringComparison.Ordinal);
        Assert.Equal("5", await Value("#!python\nkept"));
    }

    [Fact]
    public async Task What_is_no_text_is_shown_as_far_as_it_is()
    {
        await Run("#!python\nprint(b'a\\xffb'.decode('utf8', 'surrogateescape'))");
        Assert.Equal("a\ufffdb\n", Cell.Out);
        Assert.Equal("ValueError", (await Fail("#!python\nraise ValueError('\\udcff')")).Name);
    }

    [Fact]
    public async Task It_asks_the_user()
    {
        var cell = new RecordedCell();
        cell.Answers.Enqueue("Ada");
        Assert.Equal(CellStatus.Ok, (await Engine.ExecuteAsync("#!python\nname = input('who? ')\nprint(name)", 9, cell, Ending)).Status);
        Assert.Equal("Ada\n", cell.Out);
    }

    /// <summary>A notebook that runs by itself: the cell fails with the reason, and the kernel takes the next one.</summary>
    [Fact]
    public async Task Where_nobody_can_be_asked_the_cell_fails_and_the_kernel_lives()
    {
        var cell = new RecordedCell();
        var answer = await Engine.ExecuteAsync("#!python\nname = input('who? ')", 9, cell, Ending);

        Assert.Equal(CellStatus.Error, answer.Status);
        Assert.Contains("nobody to ask", answer.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("7", await Value("#!python\ntry:\n    n = input()\nexcept EOFError:\n    n = 7\nn"));
        Assert.Equal("5", await Value("#!python\n2 + 3"));
    }

    [Fact]
    public async Task Nothing_stays_in_the_folder_of_temporary_files()
    {
        await Run("var sent = new[] { 1.0, 2.0 };");
        await Run("#!python\n#!share sent --from csharp\nback = sent");
        await Run("#!share back --from python");

        // Kernels of other tests start meanwhile, and have theirs as long as that takes.
        string[] left =
        [
            .. Directory.GetDirectories(Path.GetTempPath(), "gaitprop-value*-*").Where(IsMine),
            .. Directory.GetDirectories(Path.GetTempPath(), "gaitprop-kernel-*").Where(IsMine),
        ];
        SpinWait.SpinUntil(() => !left.Any(Directory.Exists), TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(left, Directory.Exists);

        static bool IsMine(string folder) => Directory.GetCreationTimeUtc(folder) > Process.GetCurrentProcess().StartTime.ToUniversalTime();
    }

    [Fact]
    public async Task The_stop_button_interrupts_it()
    {
        await Run("#!python\nkept = 5");
        using var stop = new CancellationTokenSource();
        var cell = Try("#!python\nprint('begun', flush=True)\nwhile True: pass", stop.Token);
        await Until(() => Cell.Out == "begun\n");
        await stop.CancelAsync();
        Assert.Equal(CellStatus.Interrupted, (await cell).Status);
        Assert.Equal("5", await Value("#!python\nkept"));
    }

    /// <summary>A kernel that has nothing to do takes no notice of its stop button.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(80)]
    public async Task A_stop_that_comes_before_the_kernel_has_begun_is_not_lost(int milliseconds)
    {
        await Run("#!python\nkept = 5");
        using var stop = new CancellationTokenSource();
        var cell = Try("#!python\nwhile True: pass", stop.Token);
        await Task.Delay(milliseconds, Ending);
        await stop.CancelAsync();
        Assert.Equal(CellStatus.Interrupted, (await cell).Status);
        Assert.Equal("5", await Value("#!python\nkept"));
    }

    /// <summary>What it does before it stops, such as keeping its state, is not interrupted in its turn.</summary>
    [Fact]
    public async Task A_cell_that_takes_its_time_to_stop_gets_it()
    {
        using var stop = new CancellationTokenSource();
        var cell = Try(
            "#!python\nimport time\ntry:\n    print('begun', flush=True)\n    time.sleep(600)\nexcept KeyboardInterrupt:\n    time.sleep(3)\n    tidy = 8",
            stop.Token
        );
        await Until(() => Cell.Out == "begun\n");
        await stop.CancelAsync();
        Assert.Equal(CellStatus.Interrupted, (await cell).Status);
        Assert.Equal("8", await Value("#!python\ntidy"));
    }

    [Fact]
    public async Task A_value_on_its_way_to_another_language_can_be_stopped()
    {
        await Run(
            "#!python\nclass Endless(dict):\n    def items(self):\n        while True:\n            yield 'a', 1\nendless = Endless()\nkept = 5"
        );
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        Assert.Equal(CellStatus.Interrupted, (await Try("#!share endless --from python", stop.Token)).Status);
        Assert.Equal("5", await Value("#!python\ndel endless\nkept"));
    }

    [Theory]
    [InlineData("#!python\nimport math\nmath.sq|", "sqrt")]
    [InlineData("var a = 1;\n#!python\nlongvari|", "longvariable")]
    public async Task Code_is_completed(string cell, string word)
    {
        await Run("#!python\nlongvariable = 1\nimport math");
        var at = cell.IndexOf('|', StringComparison.Ordinal);
        var found = await Engine.CompleteAsync(cell.Remove(at, 1), at, Ending);
        Assert.Contains(found.Entries, e => e.Text.EndsWith(word, StringComparison.Ordinal));
        Assert.Equal(at, found.End);
    }

    /// <summary>It would answer when the cell has ended; an editor does not wait for that.</summary>
    [Fact]
    public async Task While_a_cell_runs_nothing_is_completed_and_nobody_waits()
    {
        var cell = new RecordedCell();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var running = Engine.ExecuteAsync("#!python\nprint('begun', flush=True)\nimport time\ntime.sleep(600)", 9, cell, stop.Token);
        Assert.True(
            SpinWait.SpinUntil(() => cell.Out.Contains("begun", StringComparison.Ordinal), TimeSpan.FromMinutes(1)),
            "it does not begin"
        );

        // An editor that waits for the kernel does so for five seconds, each time; a busy machine may hold up one of the answers.
        var soonest = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            Assert.Empty((await Engine.CompleteAsync("#!python\nlis", 12, Ending)).Entries);
            soonest = watch.Elapsed < soonest ? watch.Elapsed : soonest;
        }

        Assert.True(soonest < TimeSpan.FromSeconds(5), "an editor waits for the kernel");
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Code_is_explained_and_its_line_is_known()
    {
        Assert.Contains("Return", Text((await Engine.InspectAsync("#!python\nlen", 12, 0, Ending))!), StringComparison.Ordinal);
        Assert.Contains((await Engine.CompleteAsync("#!py", 4, Ending)).Entries, e => e.Text == "#!python");
        Assert.Contains((await Engine.CompleteAsync("#!connect jupyter --kernel-spec ", 32, Ending)).Entries, e => e.Text == Spec);
    }

    [Fact]
    public async Task Values_go_both_ways_as_json()
    {
        await Run(
            "var number = 0.1; var text = \"it's \\\"ä\\\" \\\\ 😀\"; var table = new[] { new { Name = \"a\", Score = 1.5 } }; double none = double.NaN; var list = new List<int> { 1, 2 };"
        );
        await Run(
            "#!python\n#!set --name number --value @csharp:number\n#!set --name text --value @csharp:text\n#!share table --from csharp\n#!share none --from csharp\n#!share list --from csharp"
        );
        Assert.Equal(
            "(0.1, 'it\\'s \"ä\" \\\\ 😀', [{'Name': 'a', 'Score': 1.5}], True, [1, 2])",
            await Value("#!python\n(number, text, table, none != none, list)")
        );
        await Run(
            "#!python\nback = {'a': [1, 2], 'b': [0.5, float('nan')], 'c': ['x'], 'd': None, 'e': [1, 'mixed'], 'f': True}\nwhole = 7\nrows = [{'k': 1}, {'k': 2}]"
        );
        await Run("#!share back --from python\n#!set --name whole --value @python:whole\n#!share rows --from python");
        Assert.Equal(
            "1 2|0.5 NaN|x||2|True 7 2",
            await Value(
                """
                string.Join('|', string.Join(' ', (long[])back["a"]), string.Join(' ', ((double[])back["b"]).Select(d => d.ToString(CultureInfo.InvariantCulture))), string.Join(' ', (string[])back["c"]), back["d"], ((object[])back["e"]).Length, back["f"]) + $" {whole} {rows[1]["k"]}"
                """
            )
        );
    }

    [Fact]
    public async Task Its_variables_are_words_of_a_command()
    {
        await Run("#!python\nnetwork = 'imagenet'\nsize = 32");
        await Run("#!gaitprop model show {network} --size {size} --classes 10");
        await Run("#!python\n#!gaitprop model show {network} --size {size} --classes 10");
    }

    [Fact]
    public async Task Arrays_and_tensors_go_both_ways_without_loss()
    {
        Assert.SkipUnless(HasNumpy(), "python3 has no numpy");
        await Run(
            "var tensor = torch.randn(3, 4, 5, torch.float32); var matrix = new double[,] { { 0.1, double.NaN }, { double.Epsilon, -0.0 } }; var half = torch.ones(2, torch.bfloat16); var flags = new[] { true, false };"
        );
        await Run(
            "#!python\n#!share tensor --from csharp\n#!set --name matrix --value @csharp:matrix\n#!share half --from csharp\n#!share flags --from csharp"
        );
        Assert.Equal(
            "(dtype('float32'), (3, 4, 5), (2, 2), dtype('float32'), dtype('bool'))",
            await Value("#!python\n(tensor.dtype, tensor.shape, matrix.shape, half.dtype, flags.dtype)")
        );
        await Run(
            "#!python\nimport numpy\nagain = tensor[:, ::-1].copy()[:, ::-1]\nsame = matrix\nbig = numpy.arange(3, dtype='>i2')\nwords = numpy.array([['ä', 'bc']])\nlone = numpy.float64(2.5)\ncomplexes = numpy.array([1 + 2j], dtype='complex64')"
        );
        await Run(
            "#!share again --from python\n#!set --name same --value @python:same\n#!share big --from python\n#!share words --from python\n#!share lone --from python\n#!share complexes --from python"
        );
        Assert.Equal(
            "True True 0 1 2 ä 2.5 <1; 2>",
            await Value(
                """
                FormattableString.Invariant($"{torch.tensor(again).eq(tensor).all().item<bool>()} {same.Cast<double>().Select(BitConverter.DoubleToInt64Bits).SequenceEqual(matrix.Cast<double>().Select(BitConverter.DoubleToInt64Bits))} {string.Join(' ', big)} {words[0, 0]} {lone} {complexes[0]}")
                """
            )
        );
    }

    [Fact]
    public async Task What_cannot_be_shared_is_said_in_one_line()
    {
        await Run("#!python\nstrange = object()");
        var error = await Fail("#!share strange --from python");
        Assert.Contains("strange", error.Message, StringComparison.Ordinal);
        Assert.Contains("JSON serializable", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Variables_are_listed_and_queried_from_sql()
    {
        await Run("#!python\nimport math\nscores = [{'name': 'a', 'score': 1.5}, {'name': 'b', 'score': 2.5}]\nstrange = object()");
        await Run("#!python\n#!whos");
        Assert.Contains("scores", Html(Cell.Shown[0]), StringComparison.Ordinal);
        Assert.DoesNotContain("math", Html(Cell.Shown[0]), StringComparison.Ordinal);
        await Run("#!sql\nSELECT sum(score) AS s FROM scores");
        Assert.Contains("4", Text(Cell.Shown[^1]), StringComparison.Ordinal);
    }

    private static bool HasNumpy()
    {
        using var python = Process.Start(
            new ProcessStartInfo(InstalledKernel.Find(Spec).Words[0], ["-c", "import numpy"]) { RedirectStandardError = true }
        )!;
        python.WaitForExit();
        return python.ExitCode == 0;
    }

    public sealed class Notebook : SharedEngine
    {
        internal bool IsConnected { get; set; }
    }
}

public sealed class MissingKernelTests : EngineTest
{
    [Fact]
    public async Task A_kernel_that_dies_says_so_in_one_line_and_the_notebook_lives()
    {
        JupyterCellKernelTests.SkipWithoutPython();
        await Run($"#!connect jupyter --kernel-spec {JupyterCellKernelTests.Spec} --kernel-name python");
        await Run("var kept = 5;");
        var error = await Fail("#!python\nimport os\nos._exit(3)");
        Assert.Contains("exit code 3", error.Message, StringComparison.Ordinal);
        Assert.Contains(JupyterCellKernelTests.Spec, error.Message, StringComparison.Ordinal);
        Assert.Single(error.Traceback);
        Assert.Contains("has ended", (await Fail("#!python\n1")).Message, StringComparison.Ordinal);
        Assert.Equal("5", await Value("kept"));
    }

    [Fact]
    public async Task A_kernel_that_is_not_installed_names_those_that_are()
    {
        var error = await Fail("#!connect jupyter --kernel-spec nosuch --kernel-name n");
        Assert.Contains("nosuch", error.Message, StringComparison.Ordinal);
        Assert.Contains("installed", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Traceback);
    }
}
