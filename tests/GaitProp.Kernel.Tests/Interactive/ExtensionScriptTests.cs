using GaitProp.Kernel.Jupyter.CSharp;
using GaitProp.Metrics;
using GaitProp.Runs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;

namespace GaitProp.Kernel.Tests.Interactive;

/// <summary>The script that .NET Interactive runs after <c>#r "nuget: GaitProp.Kernel"</c>, compiled and run against a stand-in for that host.</summary>
public sealed class ExtensionScriptTests : IDisposable
{
    private const string Small = "--set trainImages=256 --set testImages=128 --data embedded";

    private static readonly string Script = File.ReadAllText(Path.Combine(Repository.Folder, "src", "GaitProp.Kernel", "interactive-extensions", "dotnet", "extension.dib"));

    private readonly string _runs = Directory.CreateTempSubdirectory("gaitprop-host-").FullName;
    private readonly CompositeKernel _root = new();
    private KernelInvocationContext _context = null!;

    private CSharpKernel CSharp => (CSharpKernel)_root.ChildKernels[0];

    public void Dispose() => Directory.Delete(_runs, recursive: true);

    [Fact]
    public void It_is_one_cell_of_CSharp_without_syntax_errors()
    {
        Assert.StartsWith("#!csharp\n", Script, StringComparison.Ordinal);
        var tree = CSharpSyntaxTree.ParseText(Code, new CSharpParseOptions(LanguageVersion.CSharp13, kind: SourceCodeKind.Script), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(tree.GetDiagnostics(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("\n#!", Script, StringComparison.Ordinal);
    }

    [Fact]
    public void It_brings_the_usings_that_cells_of_the_embedded_kernel_have()
    {
        var brought = CSharpSyntaxTree.ParseText(Code, new CSharpParseOptions(kind: SourceCodeKind.Script), cancellationToken: TestContext.Current.CancellationToken)
            .GetCompilationUnitRoot(TestContext.Current.CancellationToken).Usings.Select(u => u.Name!.ToString()).ToArray();

        var own = ScriptUsings.Default.Where(u => !u.Contains(".CSharp.", StringComparison.Ordinal));
        Assert.Equal(own.Order(), brought.Order());
    }

    [Fact]
    public async Task It_registers_every_verb_once_and_prints_one_line_however_often_it_is_loaded()
    {
        var first = await Load();
        var line = Assert.Single(first.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("#!gaitprop --help", line, StringComparison.Ordinal);

        var directive = Assert.IsType<KernelActionDirective>(Assert.Single(_root.KernelInfo.SupportedDirectives, d => !d.Hidden));
        Assert.Equal("#!gaitprop", directive.Name);
        Assert.Contains(directive.Subcommands, v => v.Name == "train");
        Assert.Contains("ngait", directive.Subcommands.Single(v => v.Name == "train").Parameters.Single(p => p.Name == "--rule").Completions);
        Assert.Equal(directive.Subcommands.Select(v => $"#!gaitprop {v.Name}").Prepend("#!gaitprop").Order(), _root.Handlers.Keys.Order());

        Assert.Equal("", await Load());
    }

    [Fact]
    public async Task A_training_is_shown_live_and_its_run_is_a_variable()
    {
        await Load();
        await Run($"#!gaitprop train synthetic-shallow --epochs 1 {Small} --runs {_runs} --as run");

        Assert.Null(_context.Failure);
        Assert.Equal(typeof(RunRecord), CSharp.Variables["run"].Type);
        var panel = _context.Events.OfType<DisplayedValueProduced>().First();
        Assert.Contains(_context.Events.OfType<DisplayedValueUpdated>(), u => u.ValueId == panel.ValueId && u.FormattedValues.Any(f => f.MimeType == "text/html" && f.Value.Contains("done in", StringComparison.Ordinal)));
        Assert.Contains(_context.Events.OfType<DisplayedValueProduced>(), d => d.FormattedValues.Any(f => f.MimeType == "image/png"));
    }

    [Fact]
    public async Task The_stop_button_leaves_a_checkpoint()
    {
        await Load();
        using var stop = new CancellationTokenSource();
        var training = Begin($"#!gaitprop train synthetic-shallow --epochs 1000 {Small} --runs {_runs}", stop.Token);
        Assert.True(SpinWait.SpinUntil(() => _context.CountOf<DisplayedValueUpdated>() > 1, TimeSpan.FromMinutes(2)), "the training does not begin");
        await stop.CancelAsync();
        await training;

        Assert.Contains("stopped", _context.Failure, StringComparison.Ordinal);
        Assert.Equal(RunState.Interrupted, Assert.Single(new RunStore(_runs).List()).State);
    }

    [Fact]
    public async Task Words_in_braces_are_variables_and_angles_become_one()
    {
        await Load();
        await CSharp.RunAsync("var net = \"cifar-shallow\"; var images = 8;");
        await Run("#!gaitprop angles \"{net}\" --rules bp,ngait --batch \"{images}\" --data embedded --as table");

        Assert.Null(_context.Failure);
        Assert.IsType<AngleTable>(CSharp.Variables["table"].Value);
    }

    [Fact]
    public async Task A_verb_alone_is_run_although_the_host_tells_only_the_commands_name()
    {
        await Load();
        var command = new KernelCommand("#!gaitprop");
        _context = new KernelInvocationContext(command, _root, CancellationToken.None);
        await _root.Handlers["#!gaitprop info"](command, _context);

        Assert.Null(_context.Failure);
        Assert.Contains("TorchSharp", Written, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_magic_and_comes_in_few_pieces()
    {
        await Load();
        await Run("#!gaitprop --help");

        Assert.Contains("#!gaitprop [command]", Written, StringComparison.Ordinal);
        Assert.InRange(_context.Events.Count, 1, 10);
    }

    [Theory]
    [InlineData("#!gaitprop trian cifar-shallow", "Did you mean 'train'?")]
    [InlineData("#!gaitprop train nosuch", "nosuch")]
    [InlineData("#!gaitprop info --as x", "no result")]
    public async Task Errors_are_one_line(string line, string part)
    {
        await Load();
        await Run(line);

        Assert.Contains(part, _context.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', _context.Failure!);
    }

    private string Written => string.Concat(_context.Events.OfType<StandardOutputValueProduced>().SelectMany(e => e.FormattedValues).Select(f => f.Value));

    private static string Code => Script["#!csharp\n".Length..];

    private async Task<string> Load()
    {
        KernelInvocationContext.Current = new KernelInvocationContext(new KernelCommand("extension"), CSharp, CancellationToken.None);
        CSharp.RootKernel = _root;
        var options = ScriptOptions.Default.WithReferences(
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(f => MetadataReference.CreateFromFile(f)));
        var written = new StringWriter();
        var globals = Code.Replace("System.Console.WriteLine(gaitPropGreeting)", "Written.WriteLine(gaitPropGreeting)", StringComparison.Ordinal);
        await CSharpScript.RunAsync(globals, options, new Globals(written), typeof(Globals), TestContext.Current.CancellationToken);
        return written.ToString();
    }

    private Task Run(string line) => Begin(line, TestContext.Current.CancellationToken);

    private Task Begin(string line, CancellationToken stop)
    {
        var command = new KernelCommand(line);
        _context = new KernelInvocationContext(command, _root, stop);
        var words = line.Split(' ');
        return (_root.Handlers.GetValueOrDefault($"{words[0]} {words[1]}") ?? _root.Handlers[words[0]])(command, _context);
    }

    /// <summary>Takes what the script writes to the console.</summary>
    public sealed record Globals(StringWriter Written);
}
