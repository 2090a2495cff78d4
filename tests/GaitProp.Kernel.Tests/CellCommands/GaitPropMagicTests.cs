using System.Text.RegularExpressions;
using GaitProp.Kernel.CellCommands;
using GaitProp.Notebook.Cells;
using GaitProp.Runs;

namespace GaitProp.Kernel.Tests.CellCommands;

public sealed class GaitPropMagicTests : IDisposable
{
    private const string Small =
        "--set trainImages=512 --set testImages=256 --set network=\"dense 40, dense 40, dense 10\" --data embedded";

    private readonly string _runs = Directory.CreateTempSubdirectory("gaitprop-magic-").FullName;
    private readonly RecordedCell _cell = new();
    private readonly RecordedVariables _variables = new();

    public void Dispose() => Directory.Delete(_runs, recursive: true);

    [Fact]
    public async Task A_training_shows_a_live_panel_that_is_redrawn_at_most_twice_a_second_and_its_run_becomes_a_variable()
    {
        await Run($"train synthetic-shallow --epochs 100 --rule ngait {Small} --runs {_runs} --as run");

        var run = Assert.IsType<RunRecord>(_variables["run"]);
        Assert.Equal(RunStatus.Finished, run.Description.Status);
        var panel = _cell.Shown[0].Data[MimeBundle.Html].ToString();
        Assert.Contains("done in", panel, StringComparison.Ordinal);

        // Where styles are taken out it reads as plain sentences, and nothing is folded that is empty there: the curves were in it while it
        // trained.
        Assert.Matches(
            @"^ngait: done in \d+:\d\d epoch 100 of 100, step 200 of 200, loss [\d.]+, train [\d.]+ %, test [\d.]+ %, mean angle to BP [\d.e−]+°, largest distance to the exact inverse [\d.e−]+°(, speed [\d.]+ steps/s)?$",
            Words(panel)
        );
        Assert.DoesNotContain("<details", panel, StringComparison.Ordinal);
        Assert.Contains(
            _cell.Events,
            e => e.Kind == "update" && Html(e.Bundle).Contains("accuracy (%) by epoch", StringComparison.Ordinal)
        );
        Assert.Matches(
            "^synthetic-shallow: normalised GAIT, network dense 40, dense 40, dense 10, preset fast, seed 1: finished, 20[-0-9]+ [0-9:]+ epochs 100 of 100, test ",
            Words(Html(_cell.Shown[1]))
        );
        // The first and the last drawing come at once, whatever the clock says.
        var drawn = _cell.Events.Where(e => e.Kind == "update").Select(e => e.Time).ToArray();
        Assert.InRange(drawn.Length, 2, 3 + (int)((drawn[^1] - drawn[0]) / TimeSpan.FromMilliseconds(480)));
        Assert.Equal(3, _cell.Shown.Count);
        Assert.Equal("", _cell.Error);
        Assert.Contains("normalised GAIT", _cell.Out, StringComparison.Ordinal);
    }

    private static string Html(MimeBundle? bundle) => bundle?.Data.GetValueOrDefault(MimeBundle.Html)?.ToString() ?? "";

    /// <summary>What is read where styles are taken out: blocks stand on lines of their own, all else runs on.</summary>
    private static string Words(string html) =>
        Regex
            .Replace(Regex.Replace(Regex.Replace(html, "</?(div|table|tr|details|summary)[^>]*>", "\n"), "<[^>]*>", ""), @"\s+", " ")
            .Trim();

    [Fact]
    public async Task The_answer_to_a_question_is_the_table_and_its_course_beside_it()
    {
        await Run($"train synthetic-shallow --epochs 1 --rule bp {Small} --runs {_runs}");
        var before = _cell.Shown.Count;

        await Run($"runs query \"rule == 'bp'\" --by rule --show testAccuracy.max --runs {_runs} --as course");

        var shown = _cell.Shown.Skip(before).Select(Html).ToArray();
        Assert.Contains(
            shown,
            html => html.Contains("testAccuracy.max", StringComparison.Ordinal) && html.Contains("<td", StringComparison.Ordinal)
        );
        Assert.IsType<Figure>(_variables["course"]);
    }

    [Fact]
    public async Task Words_in_braces_are_variables_of_the_notebook()
    {
        _variables.Set("network", "imagenet");

        await Run("model show {network} --size 32 --classes 10 --as shown");

        Assert.IsType<Network>(_variables["shown"]).Dispose();
    }

    [Fact]
    public async Task A_comparison_has_one_panel_a_run_and_becomes_a_variable()
    {
        await Run($"compare synthetic-shallow --rules bp,fa --epochs 1 {Small} --runs {_runs} --as both");

        var both = Assert.IsType<RunComparison>(_variables["both"]);
        Assert.Equal(["bp", "fa"], both.Runs.Select(r => r.Rule));
        Assert.Equal(4, _cell.Shown.Count);
    }

    /// <summary>Another process would not know it, and each of its runs would fail by itself, BP's too.</summary>
    [Theory]
    [InlineData("compare synthetic-shallow --rules bp,magic-own --jobs 2", "--jobs")]
    [InlineData("sweep synthetic-shallow --rules bp,magic-own --over optimizer.lr=1e-3,1e-4 --jobs 2", "--jobs")]
    [InlineData("sweep synthetic-shallow --rules magic-own --over optimizer.lr=1e-3,1e-4 --engine slurm --dry-run", "--engine")]
    public async Task A_rule_of_the_notebook_is_not_handed_to_other_processes(string words, string option)
    {
        RuleCatalog.Register<OwnRule>();

        var error = await Assert.ThrowsAsync<CellException>(() => Run($"{words} --epochs 1 {Small} --runs {_runs}"));

        Assert.Equal($"the rule magic-own is known to this process alone, and {option} starts others: leave {option} out.", error.Message);
        Assert.Empty(Directory.EnumerateFiles(_runs, "*.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_rule_that_breaks_keeps_no_other_from_being_trained()
    {
        RuleCatalog.Register<BrokenRule>();
        var figure = Path.Combine(_runs, "both.png");
        await File.WriteAllTextAsync(figure, "an older one", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<CellException>(() =>
            Run($"compare synthetic-shallow --rules magic-broken,bp --epochs 1 {Small} --runs {_runs} --save {figure}")
        );

        Assert.Contains(
            $"{figure} was not saved: 1 of 2 runs failed; the same command again goes on.\n",
            _cell.Error,
            StringComparison.Ordinal
        );
        Assert.Equal("an older one", await File.ReadAllTextAsync(figure, TestContext.Current.CancellationToken));
        Assert.Contains("BrokenRule.Below failed: NotSupportedException: not yet (", error.Message, StringComparison.Ordinal);
        var runs = Directory
            .EnumerateFiles(_runs, "run.json", SearchOption.AllDirectories)
            .Select(f => RunRecord.Read(Path.GetDirectoryName(f)!));
        Assert.Equal(
            ["bp Finished", "magic-broken Failed"],
            runs.Select(r => $"{r.Rule} {r.Description.Status}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_sweep_whose_runs_fail_says_that_it_saves_nothing()
    {
        RuleCatalog.Register<BrokenRule>();
        var figure = Path.Combine(_runs, "swept.csv");

        var error = await Assert.ThrowsAsync<CellException>(() =>
            Run(
                $"sweep synthetic-shallow --rules magic-broken --over optimizer.lr=1e-3,1e-4 --epochs 1 {Small} --runs {_runs} --save {figure}"
            )
        );

        Assert.Contains("BrokenRule.Below failed: NotSupportedException: not yet (", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"{figure} was not saved: 2 of 2 runs failed; the same command again goes on.\n",
            _cell.Error,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(figure));
    }

    [Theory]
    [InlineData("UnmadeRule", "angles synthetic-shallow --rules magic-unmade --batch 2 --data embedded")]
    [InlineData("UnmadeRule", "train synthetic-shallow --rule magic-unmade --epochs 1 --data embedded")]
    [InlineData("UnmadeRule", "model show synthetic-shallow --rule magic-unmade")]
    [InlineData("UnsetOptions", "train synthetic-shallow --rule magic-unset+displacement --epochs 1 --data embedded")]
    [InlineData("UnsetOptions", "angles synthetic-shallow --rules magic-unset --batch 2 --data embedded")]
    public async Task A_rule_that_cannot_be_made_is_one_line_with_its_place(string type, string words)
    {
        RuleCatalog.Register<UnmadeRule>();
        RuleCatalog.Register<UnsetRule>();
        UnmadeRule.Breaks.Value = true;

        var error = await Assert.ThrowsAsync<CellException>(() => Run(words));

        Assert.StartsWith(
            $"{type}.ctor failed: InvalidOperationException: no seed (GaitPropMagicTests.cs, line ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain('\n', error.Message);
    }

    [Rule("magic-own", "own")]
    private sealed class OwnRule : DescentRule
    {
        public override bool NeedsSquareLayers => false;

        protected override Inversion Below(LayerStep at, TorchSharp.torch.Tensor sent) => at.Layer.Feedback(sent, at.Input);
    }

    [Rule("magic-broken", "broken")]
    private sealed class BrokenRule : DescentRule
    {
        public override bool NeedsSquareLayers => false;

        protected override Inversion Below(LayerStep at, TorchSharp.torch.Tensor sent) => throw new NotSupportedException("not yet");
    }

    /// <summary>It fails where a test asks for it: all tests of the process have one catalogue.</summary>
    [Rule("magic-unmade", "unmade")]
    private sealed class UnmadeRule : LearningRule
    {
        public static readonly AsyncLocal<bool> Breaks = new();

        public UnmadeRule()
        {
            if (Breaks.Value)
            {
                throw new InvalidOperationException("no seed");
            }
        }

        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, TorchSharp.torch.Tensor outputGradient) =>
            throw new NotSupportedException();
    }

    private sealed record UnsetOptions : RuleOptions
    {
        public UnsetOptions()
        {
            if (UnmadeRule.Breaks.Value)
            {
                throw new InvalidOperationException("no seed");
            }
        }
    }

    [Rule("magic-unset", "unset", typeof(UnsetOptions))]
    private sealed class UnsetRule : DescentRule
    {
        public UnsetRule(UnsetOptions options) => ArgumentNullException.ThrowIfNull(options);

        public override bool NeedsSquareLayers => false;

        protected override Inversion Below(LayerStep at, TorchSharp.torch.Tensor sent) => at.Layer.Feedback(sent, at.Input);
    }

    [Fact]
    public async Task The_stop_button_leaves_a_checkpoint_and_says_how_to_go_on()
    {
        using var stop = new CancellationTokenSource();
        var training = Until($"train synthetic-shallow --epochs 1000 {Small} --runs {_runs}", stop.Token);
        Assert.True(
            SpinWait.SpinUntil(
                () => _cell.Shown.Any(s => s.Data[MimeBundle.Html].ToString().Contains(">training,", StringComparison.Ordinal)),
                TimeSpan.FromMinutes(2)
            ),
            "the training does not begin"
        );
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);

        Assert.Contains("#!gaitprop runs resume", _cell.Error, StringComparison.Ordinal);
        Assert.Contains("stopped", _cell.Shown[0].Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
        var run = Assert.Single(new RunStore(_runs).List());
        Assert.Equal(RunState.Interrupted, run.State);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(run.Folder, "checkpoints")));
    }

    /// <summary>Nobody has stopped the cell.</summary>
    [Fact]
    public async Task A_sweep_that_is_cancelled_from_elsewhere_ends_its_cell_with_the_line_that_says_so()
    {
        var sweep = Run($"sweep synthetic-shallow --rules bp --over optimizer.lr=1e-3,1e-4 --epochs 100000 {Small} --runs {_runs}");
        Assert.True(
            SpinWait.SpinUntil(
                () => _cell.Shown.Any(s => Html(s).Contains(">training,", StringComparison.Ordinal)),
                TimeSpan.FromMinutes(2)
            ),
            "the training does not begin"
        );
        SweepRecord.Cancel(_runs, SweepRecord.Find(_runs, null).Name);

        var error = await Assert.ThrowsAsync<CellException>(() => sweep);

        Assert.Matches("^Sweep synthetic-shallow-[0-9a-f]{8} was cancelled: what was under way has a checkpoint, ", error.Message);
        Assert.Equal(RunState.Interrupted, Assert.Single(new RunStore(_runs).List()).State);
    }

    [Fact]
    public async Task An_evaluation_shows_a_card_and_a_matrix_and_becomes_a_variable()
    {
        await Run($"train synthetic-shallow --epochs 1 --rule bp {Small} --runs {_runs}");

        await Run($"evaluate last --runs {_runs} --as told");

        var told = Assert.IsType<Evaluation>(_variables["told"]);
        Assert.Equal(256, told.Images);
        Assert.Equal(RunRecord.Read(Assert.Single(new RunStore(_runs).List()).Folder).Epochs[^1].TestAccuracy, told.Top1);
        Assert.Contains("often taken for", _cell.Shown[^2].Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
        Assert.Contains(MimeBundle.Png, _cell.Shown[^1].Data.Keys);
        Assert.Equal("", _cell.Error);
    }

    /// <summary>A recorded one has no checkpoints.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_whose_process_was_killed_is_stopped_and_says_how_it_goes_on(bool isRecorded)
    {
        var folder = CopiedRun.Into(_runs, "running", isRecorded);

        await Run($"runs show last --runs {_runs}");

        var shown = _cell.Shown[0];
        Assert.Contains(
            isRecorded
                ? ": stopped; epochs "
                : $": stopped (its process was killed; '#!gaitprop runs resume {CommandWord.Quoted(folder)}' goes on); epochs ",
            shown.Data[MimeBundle.PlainText].ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(!isRecorded, Html(shown).Contains("stopped: its process was killed; ", StringComparison.Ordinal));
        Assert.Contains(">stopped, 20", Html(shown), StringComparison.Ordinal);
    }

    /// <summary>What is broken cannot be pasted. It stands there before the training, which is stopped at once.</summary>
    [Fact]
    public async Task A_command_that_is_advised_is_one_line()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Until($"reproduce fig4 --preset smoke --rules bp --epochs 1 --data embedded --runs {_runs} --out {_runs}/figures", stop.Token)
        );

        Assert.Contains(
            $"With all of them:\n#!gaitprop compare synthetic-shallow --preset smoke --set trainImages=null --set testImages=null --data embedded --rules bp --epochs 1 --runs {_runs} --save fig4.png\n",
            _cell.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_path_is_not_broken()
    {
        CopiedRun.Into(_runs);
        var file = Path.Combine(_runs, "a-table-whose-name-is-longer-than-the-lines-of-a-cell-which-have-seventy-letters.csv");

        await Run($"runs export last --to {file} --runs {_runs}");

        Assert.EndsWith($" rows of 1 run in {file}\n", _cell.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_of_which_the_weights_are_asked_for_comes_with_their_condition_and_defect()
    {
        await Run("model show cifar-shallow --set network=\"dense 40, dense 10\" --weights --as shown");

        Assert.IsType<Network>(_variables["shown"]).Dispose();
        Assert.Contains(
            _cell.Shown.Select(Html),
            html => html.Contains("condition", StringComparison.Ordinal) && html.Contains("defect", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Networks_and_angle_tables_become_variables()
    {
        await Run("model show imagenet --size 32 --classes 10 --as net");
        await Run("angles cifar-shallow --rules bp,ngait --batch 8 --data embedded --set network=\"dense 40, dense 10\" --as table");

        using var network = Assert.IsType<Network>(_variables["net"]);
        Assert.Equal([2, 10], network.Forward(TorchSharp.torch.zeros(2, 3, 32, 32)).Output.shape);
        Assert.Equal(["bp", "ngait"], Assert.IsType<AngleTable>(_variables["table"]).Columns.Select(c => c.Rule));
    }

    [Theory]
    [InlineData("trian cifar-shallow", "Did you mean 'train'?")]
    [InlineData("train nosuch", "nosuch")]
    [InlineData("train synthetic-shallow --as 1x", "--as 1x is not possible")]
    [InlineData("train synthetic-shallow --as class", "--as class is not possible")]
    [InlineData("info --as x", "no result")]
    [InlineData("info --as x", "sweep, reproduce, figure, evaluate, angles, drift, model show and runs show, compare, query, resume have")]
    [InlineData("runs show last --runs /nonexistent", "/nonexistent")]
    public async Task Errors_are_one_line(string words, string part)
    {
        var error = await Assert.ThrowsAsync<CellException>(() => Run(words));

        Assert.Contains(part, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal("", _cell.Error);
    }

    /// <summary>A cell is where it is pasted.</summary>
    [Theory]
    [InlineData("runs show last", "'#!gaitprop train synthetic-shallow --runs ")]
    [InlineData("runs show nosuch", "'#!gaitprop train synthetic-shallow --runs ")]
    [InlineData("sweep status", "'#!gaitprop sweep synthetic-shallow --over optimizer.lr=1e-4,1e-3' begins one")]
    [InlineData("train mnist-tower --data nowhere", "'#!gaitprop data fetch mnist --to ")]
    public async Task Commands_that_an_error_advises_are_lines_of_the_notebook(string words, string part) =>
        Assert.Contains(
            part,
            (await Assert.ThrowsAsync<CellException>(() => Run($"{words} --runs {_runs}/none"))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("info", "#!gaitprop data list")]
    [InlineData("doctor", "#!gaitprop data fetch cifar10")]
    public async Task Commands_that_a_report_advises_are_lines_of_the_notebook(string words, string part)
    {
        await Run($"{words} --data embedded --runs {_runs}");

        Assert.Contains(part, Html(_cell.Shown[0]), StringComparison.Ordinal);
        Assert.DoesNotContain(";gaitprop ", Html(_cell.Shown[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_an_error_advises_works_on_the_line()
    {
        const string line = "angles cifar-shallow --rules bp,gait,ngait --batch 2 --data embedded --set network=\"dense 20, dense 10\"";
        var error = (await Assert.ThrowsAsync<CellException>(() => Run($"{line} --set \"ruleOptions.inverse=folded(4)\""))).Message;

        await Run($"{line} {error.Split("write ")[1].Trim().TrimEnd('.')} --as table");

        Assert.Equal(["bp", "gait", "ngait"], Assert.IsType<AngleTable>(_variables["table"]).Columns.Select(c => c.Rule));
    }

    [Fact]
    public async Task Threads_of_one_command_are_not_those_of_the_next()
    {
        LibTorch.Load();
        var before = TorchSharp.torch.get_num_threads();
        await Run($"train synthetic-shallow --epochs 1 --threads {(before == 1 ? 2 : 1)} {Small} --runs {_runs}");
        Assert.Equal(before, TorchSharp.torch.get_num_threads());
    }

    [Fact]
    public async Task Help_is_the_terminals()
    {
        await Run("train --help");
        Assert.Contains("--epochs", _cell.Out, StringComparison.Ordinal);
        Assert.Contains("--as", _cell.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tr|", "train")]
    [InlineData("train |", "cifar-shallow")]
    [InlineData("train cifar-shallow --ru|", "--rule")]
    [InlineData("train cifar-shallow --rule ng|", "ngait")]
    [InlineData("compare cifar-shallow --rules bp,ng|", "ngait")]
    [InlineData("train cifar-shallow --rule=f|", "fa")]
    [InlineData("reproduce fi|", "fig4")]
    [InlineData("runs |", "resume")]
    [InlineData("model show |", "imagenet")]
    [InlineData("runs show |", "last")]
    public void Words_are_completed(string line, string word)
    {
        var position = line.IndexOf('|', StringComparison.Ordinal);
        var completion = GaitPropMagic.Complete(line.Remove(position, 1), position);

        Assert.Contains(word, completion.Entries.Select(e => e.Text));
        var start = line.AsSpan(0, position).LastIndexOfAny(" ,=") + 1;
        Assert.Equal((start, position), (completion.Start, completion.End));
        Assert.All(completion.Entries, e => Assert.StartsWith(line[start..position], e.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tr|ain cifar-shallow", "Train a network")]
    [InlineData("train cifar-shallow --epo|chs 3", "Passes over the training images")]
    [InlineData("train cifar-shallow --epochs 3|", "Passes over the training images")]
    [InlineData("train cifar-|shallow", "The experiment")]
    [InlineData("|", "normalised GAIT-prop")]
    [InlineData("runs res|ume", "Go on with a run")]
    public void Words_are_explained(string line, string part)
    {
        var position = line.IndexOf('|', StringComparison.Ordinal);
        var bundle = GaitPropMagic.Inspect(line.Remove(position, 1), position);

        Assert.Contains(part, bundle!.Data[MimeBundle.PlainText].ToString(), StringComparison.Ordinal);
    }

    private Task Run(string words) => Until(words, TestContext.Current.CancellationToken);

    private Task Until(string words, CancellationToken stop) => GaitPropMagic.RunAsync(words, _cell, _variables, stop);
}
