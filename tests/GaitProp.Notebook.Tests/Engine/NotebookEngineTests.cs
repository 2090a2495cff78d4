using System.Diagnostics;
using System.Reflection;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Engine;
using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Engine;

public sealed class NotebookEngineTests : EngineTest
{
    [Fact]
    public async Task Variables_types_methods_and_usings_live_across_cells()
    {
        await Run("using System.Numerics; var x = 20; record P(int X); int Twice(int n) => 2 * n;");
        await Run("var p = new P(x + 1); var v = new Vector2(1, 2);");
        Assert.Equal("42", await Value("Twice(p.X)"));
        Assert.Equal("2", await Value("(int)v.Y"));
    }

    [Fact]
    public async Task A_variable_may_be_declared_again_with_another_type()
    {
        await Run("var x = 1;");
        await Run("var x = \"text\";");
        Assert.Equal("4", await Value("x.Length"));
    }

    [Fact]
    public async Task A_variable_that_a_function_of_a_loaded_file_uses_keeps_its_value()
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-load-").FullName;
        try
        {
            var file = Path.Combine(folder, "h.csx");
            await File.WriteAllTextAsync(file, "var cache = new List<int> { 1 }; int Size() => cache.Count;", Ending);
            await Run($"#load \"{file}\"");
            await Run("var cache = \"mine\";");
            Assert.Equal("1", await Value("Size()"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_newest_language_is_understood()
    {
        Assert.Equal("3", await Value("int[] a = [1, 2]; string? none = null; a.Length + (none?.Length ?? 1)"));
        Assert.Equal(
            "ab",
            await Value(
                "class Box { public string Text { get => field ?? \"\"; set => field = value; } } var box = new Box { Text = \"ab\" }; box.Text"
            )
        );
        Assert.Equal("yes", await Value("\"yes\".AsSpan() is \"yes\" ? \"yes\" : \"no\""));
    }

    [Theory]
    [InlineData("int.Parse(\"1\");", false)]
    [InlineData("1 + 1", true)]
    [InlineData("Console.Write(1)", false)]
    [InlineData("await Task.CompletedTask", false)]
    [InlineData("await Task.FromResult(1)", true)]
    [InlineData("using System.Numerics;", false)]
    [InlineData("if (true) { }", false)]
    [InlineData("null as string", true)]
    [InlineData("// nothing", false)]
    [InlineData("", false)]
    [InlineData("1 + 1 // two", true)]
    public async Task Only_an_expression_with_a_value_is_shown(string code, bool isShown)
    {
        await Run(code);
        Assert.Equal(isShown, Cell.Events.Any(e => e.Kind == "result"));
    }

    [Fact]
    public async Task What_is_written_to_the_console_is_streamed()
    {
        await Run("""Console.WriteLine("out"); await Task.Delay(1); Console.Error.Write("error {0}", 1);""");
        Assert.Equal("out\n", Cell.Out.ReplaceLineEndings("\n"));
        Assert.Equal("error 1", Cell.Error);
    }

    [Fact]
    public async Task A_failed_cell_keeps_what_was_assigned_before()
    {
        await Run("var a = 1;");
        await Fail("var b = 2; a = 5; throw new InvalidOperationException(\"no\"); var c = 3;");
        Assert.Equal("52", await Value("a * 10 + b"));
    }

    [Fact]
    public async Task A_cell_that_does_not_compile_changes_nothing()
    {
        await Run("var a = 1;");
        await Fail("var a = 2; var b = nosuch;");
        Assert.Equal("1", await Value("a"));
    }

    [Fact]
    public async Task Torch_is_there_without_a_word()
    {
        Assert.Equal("6", await Value("torch.arange(4).sum().item<long>()"));
        Assert.Equal("6", await Value("var layer = torch.nn.Linear(2, 3); layer.weight.numel()"));
    }

    [Fact]
    public void The_names_that_need_no_using_are_of_one_type_each()
    {
        var types = ScriptUsings
            .Of(GaitPropKit.Kit)
            .SelectMany(name => Loaded().SelectMany(a => a.GetExportedTypes()).Where(t => t.Namespace == name && !t.IsNested));
        var doubles = types
            .Distinct()
            .GroupBy(t => t.Name)
            .Where(g => g.Count() > 1 && g.Any(t => t.Namespace?.StartsWith("System", StringComparison.Ordinal) != true))
            .Select(g => string.Join(" and ", g))
            .ToArray();
        Assert.Equal([], doubles);
    }

    [Fact]
    public async Task Code_after_an_await_runs_where_it_ran_before()
    {
        Assert.Equal(
            "True",
            await Value(
                "var t = Environment.CurrentManagedThreadId; await Task.Delay(5); await Task.Yield(); t == Environment.CurrentManagedThreadId"
            )
        );
    }

    [Fact]
    public async Task Code_that_outlives_its_cell_goes_on_and_a_later_cell_can_wait_for_it()
    {
        await Run("async Task<int> Slow() { await Task.Delay(100); await Task.Yield(); return 42; }\nvar slow = Slow();");
        Assert.Equal("42", await Value("await slow.WaitAsync(TimeSpan.FromSeconds(20))"));

        // Nobody waits for this one: its failure is a line, and the process stays.
        await Run("async void Fail() { await Task.Delay(50); throw new Exception(\"late failure\"); }\nFail();");
        await Until(() => Cell.Error.Contains("late failure", StringComparison.Ordinal));
        Assert.Equal("42", await Value("slow.Result"));
    }

    [Fact]
    public async Task Code_that_would_outlive_a_cell_that_is_stopped_ends_with_it()
    {
        await Run("var ticks = 0; async Task Back() { while (true) { await Task.Delay(5); ticks++; } }");
        using var stop = new CancellationTokenSource();
        var cell = Try(
            "_ = Back(); while (ticks == 0) { await Task.Delay(5); } Console.Write(\"begun\"); await Task.Delay(-1, Interrupt);",
            stop.Token
        );
        await Until(() => Cell.Out == "begun");
        await stop.CancelAsync();
        Assert.Equal(CellStatus.Interrupted, (await cell).Status);

        var ticks = await Value("await Task.Delay(50); ticks");
        Assert.NotEqual("0", ticks);
        Assert.Equal(ticks, await Value("await Task.Delay(100); ticks"));
    }

    [Fact]
    public async Task A_cell_that_waits_for_its_own_task_does_not_wait_for_ever()
    {
        await Run("async Task<int> Late(int n) { await Task.Delay(5); await Task.Yield(); return n; }");
        Assert.Equal("3", await Value("Late(3).Result"));
        Assert.Equal("190", await Value("Task.WhenAll(Enumerable.Range(0, 20).Select(i => Late(i))).Result.Sum()"));
        Assert.Equal(
            "7",
            await Value("async Task<int> Nested() { await Task.Yield(); return Late(7).GetAwaiter().GetResult(); }\nNested().Result")
        );
    }

    [Fact]
    public async Task A_failure_of_an_async_void_method_is_the_cells()
    {
        var error = await Fail(
            "async void Bad() { await Task.Yield(); throw new FormatException(\"bad\"); }\nBad(); await Task.Delay(Timeout.Infinite);"
        );
        Assert.Equal("FormatException", error.Name);
    }

    [Fact]
    public async Task Expressions_are_evaluated_beside_the_cells()
    {
        await Run("var x = 41;");
        Assert.Equal("42", Text(await Engine.EvaluateAsync("x + 1", Ending)));
        var error = await Assert.ThrowsAsync<CellException>(() => Engine.EvaluateAsync("nosuch", Ending));
        Assert.Equal("CompilationError", error.Name);
        error = await Assert.ThrowsAsync<CellException>(() => Engine.EvaluateAsync("int.Parse(\"x\")", Ending));
        Assert.Equal("FormatException", error.Name);
        await Assert.ThrowsAsync<CellException>(() => Engine.EvaluateAsync("var y = 1;", Ending));
        Assert.Equal("41", await Value("x"));
    }

    [Fact]
    public async Task Two_engines_have_nothing_in_common()
    {
        await using var other = new NotebookEngine(GaitPropKit.Kit);
        await Run("var x = 1;");
        var result = await other.ExecuteAsync("x", 1, new RecordedCell(), Ending);
        Assert.Equal("CompilationError", result.Error!.Name);
    }

    [Fact]
    public async Task References_of_earlier_cells_and_their_usings_serve_all_later_ones()
    {
        await Fail("nosuch");
        Assert.Equal("3", await Value("Enumerable.Range(0, 3).Count()"));
        Assert.Equal("2", await Value("new List<int> { 1, 2 }.Count"));
        Assert.Equal("1", await Value("torch.ones(1).numel()"));
    }

    private static Assembly[] Loaded() =>
        [
            typeof(LibTorch).Assembly,
            typeof(NotebookEngine).Assembly,
            typeof(TorchSharp.torch).Assembly,
            typeof(Microsoft.DotNet.Interactive.Formatting.Formatter).Assembly,
            typeof(object).Assembly,
            typeof(Enumerable).Assembly,
            typeof(HttpClient).Assembly,
            typeof(Stack<>).Assembly,
            typeof(Process).Assembly,
            typeof(System.Text.RegularExpressions.Regex).Assembly,
        ];
}
