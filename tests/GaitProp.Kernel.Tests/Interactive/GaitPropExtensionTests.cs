using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;

namespace GaitProp.Kernel.Tests.Interactive;

/// <summary>
/// The extension in a kernel of the library that it is made for. That it loads in the published tool is tested with the packages. The
/// library takes the process's console for every command, so no cell of another test may run beside it.
/// </summary>
[Collection(Alone.Name)]
public sealed class GaitPropExtensionTests : IDisposable
{
    private const string Small = "--set trainImages=256 --set testImages=128 --set network=\"dense 40, dense 10\" --data embedded";

    private readonly string _runs = Directory.CreateTempSubdirectory("gaitprop-host-").FullName;
    private readonly Microsoft.DotNet.Interactive.Kernel _variables = new ValueKernel("csharp");
    private readonly CompositeKernel _root;
    private KernelCommandResult _result = null!;

    public GaitPropExtensionTests()
    {
        _root = new CompositeKernel { _variables };
        GaitPropExtension.AddTo(_root);
    }

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_runs, recursive: true);
    }

    [Fact]
    public async Task It_is_loaded_once_however_often_it_is_asked_to_be()
    {
        await new GaitPropExtension().OnLoadAsync(_variables);
        var directive = Assert.Single(_root.KernelInfo.SupportedDirectives, d => d.Name.Contains("gaitprop", StringComparison.Ordinal));
        Assert.False(directive.Hidden);
    }

    [Fact]
    public async Task A_training_is_shown_live_and_its_run_is_a_variable()
    {
        Assert.Null(await Run($"#!gaitprop train synthetic-shallow --epochs 1 {Small} --runs {_runs} --as run"));

        Assert.IsType<RunRecord>(await Variable("run"));
        var panel = _result.Events.OfType<DisplayedValueProduced>().First();
        Assert.Contains(
            _result.Events.OfType<DisplayedValueUpdated>(),
            u =>
                u.ValueId == panel.ValueId
                && u.FormattedValues.Any(f => f.MimeType == "text/html" && f.Value.Contains("done in", StringComparison.Ordinal))
        );
        Assert.Contains(_result.Events.OfType<DisplayedValueProduced>(), d => d.FormattedValues.Any(f => f.MimeType == "image/png"));
    }

    [Fact]
    public async Task The_stop_button_leaves_a_checkpoint()
    {
        using var stop = new CancellationTokenSource();
        // The rest of the test must not go on in the thread that trains.
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var seen = _root.KernelEvents.Subscribe(
            new Seen(e =>
            {
                if (
                    e is DisplayedValueUpdated shown
                    && shown.FormattedValues.Any(f => f.Value.Contains(">training,", StringComparison.Ordinal))
                )
                {
                    begun.TrySetResult();
                }
            })
        );
        var training = Run($"#!gaitprop train synthetic-shallow --epochs 1000 {Small} --runs {_runs}", stop.Token);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);

        Assert.True(
            SpinWait.SpinUntil(() => new RunStore(_runs).List() is [{ State: RunState.Interrupted }], TimeSpan.FromMinutes(1)),
            $"the run is not marked as interrupted: {string.Join("; ", new RunStore(_runs).List().Select(r => $"{r.State} after epoch {r.EpochsDone}, {r.Error}{r.Problem}"))}"
        );
    }

    [Fact]
    public async Task Words_in_braces_are_variables_and_angles_become_one()
    {
        await _root.SendAsync(new SendValue("net", "cifar-shallow", targetKernelName: "csharp"), TestContext.Current.CancellationToken);
        Assert.Null(
            await Run(
                "#!gaitprop angles \"{net}\" --rules bp,ngait --batch 8 --data embedded --set network=\"dense 40, dense 10\" --as table"
            )
        );
        Assert.IsType<AngleTable>(await Variable("table"));
    }

    [Fact]
    public async Task Values_are_found_in_the_language_of_the_line_first()
    {
        _root.Add(new ValueKernel("other"));
        await _root.SendAsync(new SendValue("net", "nosuch", targetKernelName: "csharp"), TestContext.Current.CancellationToken);
        await _root.SendAsync(new SendValue("net", "imagenet", targetKernelName: "other"), TestContext.Current.CancellationToken);

        Assert.Null(await Run("#!other\n#!gaitprop model show \"{net}\" --size 32 --classes 10"));
        Assert.Contains("nosuch", await Run("#!gaitprop model show \"{net}\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_found_where_a_language_gives_people_a_text_alone()
    {
        _root.Add(new ValueKernel("other", tellsText: true));
        await _root.SendAsync(new SendValue("net", "imagenet", targetKernelName: "other"), TestContext.Current.CancellationToken);

        Assert.Null(await Run("#!gaitprop model show \"{net}\" --size 32 --classes 10"));
    }

    [Theory]
    [InlineData("#!gaitprop runs list --help", "--status")]
    [InlineData("#!gaitprop --help", "#!gaitprop [command]")]
    public async Task What_it_says_comes_in_few_pieces(string line, string part)
    {
        Assert.Null(await Run(line));
        var written = _result.Events.OfType<StandardOutputValueProduced>().ToArray();
        Assert.Contains(part, string.Concat(written.SelectMany(e => e.FormattedValues).Select(f => f.Value)), StringComparison.Ordinal);
        Assert.InRange(written.Length, 1, 10);
    }

    [Fact]
    public async Task A_table_is_drawn_as_a_table()
    {
        Assert.Null(await Run("#!gaitprop info"));
        var forms = Assert.Single(_result.Events.OfType<DisplayedValueProduced>()).FormattedValues;
        Assert.Contains(
            forms,
            f =>
                f.MimeType == "text/html"
                && f.Value.Contains("<table", StringComparison.Ordinal)
                && f.Value.Contains("TorchSharp", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("#!gaitprop trian cifar-shallow", "Did you mean 'train'?")]
    [InlineData("#!gaitprop train nosuch", "nosuch")]
    [InlineData("#!gaitprop info --as x", "no result")]
    [InlineData("#!gaitprop runs resume a b", "See '#!gaitprop runs resume --help'")]
    public async Task Errors_are_one_line(string line, string part)
    {
        var error = await Run(line);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    [Theory]
    [InlineData("#!gaitprop train |", "cifar-shallow", "")]
    [InlineData("#!gaitprop train cifar-shallow --|", "--checkpoint-every", "--")]
    [InlineData("#!gaitprop train cifar-shallow --rule ng|", "ngait", "ng")]
    [InlineData("#!gaitprop runs re|", "resume", "re")]
    public async Task Words_are_completed_and_none_is_empty(string line, string word, string replaced)
    {
        var at = line.IndexOf('|', StringComparison.Ordinal);
        var result = await _root.SendAsync(
            new RequestCompletions(line.Remove(at), new LinePosition(0, at)),
            TestContext.Current.CancellationToken
        );
        var produced = Assert.Single(result.Events.OfType<CompletionsProduced>());
        Assert.Contains(word, produced.Completions.Select(c => c.DisplayText));
        Assert.DoesNotContain("", produced.Completions.Select(c => c.DisplayText));
        Assert.Equal((at - replaced.Length, at), (produced.LinePositionSpan.Start.Character, produced.LinePositionSpan.End.Character));
    }

    [Theory]
    [InlineData("#!gaitprop tr|ain cifar-shallow", "Train a network")]
    [InlineData("#!gaitprop runs res|ume", "Go on with a run")]
    public async Task Words_are_explained(string line, string part)
    {
        var at = line.IndexOf('|', StringComparison.Ordinal);
        var result = await _root.SendAsync(
            new RequestHoverText(line.Remove(at, 1), new LinePosition(0, at)),
            TestContext.Current.CancellationToken
        );
        Assert.Contains(
            Assert.Single(result.Events.OfType<HoverTextProduced>()).Content,
            c => c.Value.Contains(part, StringComparison.Ordinal)
        );
    }

    /// <summary>Runs a cell.</summary>
    /// <returns>Why it failed, or <see langword="null"/>.</returns>
    private async Task<string?> Run(string code, CancellationToken? stop = null)
    {
        _result = await _root.SendAsync(new SubmitCode(code), stop ?? TestContext.Current.CancellationToken);
        return _result.Events.OfType<CommandFailed>().FirstOrDefault()?.Message;
    }

    private async Task<object?> Variable(string name) =>
        Assert
            .Single(
                (
                    await _root.SendAsync(new RequestValue(name, "text/plain", "csharp"), TestContext.Current.CancellationToken)
                ).Events.OfType<ValueProduced>()
            )
            .Value;

    private sealed class Seen(Action<KernelEvent> see) : IObserver<KernelEvent>
    {
        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void OnNext(KernelEvent value) => see(value);
    }
}
