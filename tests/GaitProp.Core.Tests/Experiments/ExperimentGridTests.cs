using GaitProp.Experiments;

namespace GaitProp.Tests.Experiments;

public sealed class ExperimentGridTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Runs_are_seeds_by_values_by_rules_with_names_and_the_values_in_them()
    {
        var runs = Grid(["bp", "ngait"], [1, 2], "orthogonality.lambda=1,10", "optimizer.lr=1e-3,1e-4");
        Assert.Equal(16, runs.Count);
        Assert.Equal(Enumerable.Range(1, 16), runs.Select(r => r.Number));
        Assert.Equal(
            [
                "bp-s1,orthogonality.lambda=1,optimizer.lr=0.001",
                "ngait-s1,orthogonality.lambda=1,optimizer.lr=0.001",
                "bp-s1,orthogonality.lambda=1,optimizer.lr=0.0001",
            ],
            runs.Take(3).Select(r => r.Name)
        );
        Assert.Equal(16, runs.Select(r => r.Name).Distinct().Count());
        Assert.All(
            runs,
            r =>
                Assert.Equal(
                    $"{r.Rule}-s{r.Experiment.Seed},orthogonality.lambda={r.Experiment.Orthogonality.Lambda},optimizer.lr={r.Experiment.Optimizer.LearningRate}",
                    r.Name
                )
        );
    }

    [Fact]
    public void A_comparison_is_the_grid_of_no_field()
    {
        var runs = Grid(["bp", "fa"], [3, 4]);
        Assert.Equal(["bp seed 3", "fa seed 3", "bp seed 4", "fa seed 4"], runs.Select(r => r.Label));
    }

    [Fact]
    public void A_field_of_one_rule_leaves_the_runs_of_others_once()
    {
        var runs = Grid(["bp", "ngait"], [1], "rules.ngait.ruleOptions.eta=1e-6,1e-7,1e-8");
        Assert.Equal(
            [
                "bp-s1,rules.ngait.ruleOptions.eta=1e-06",
                "ngait-s1,rules.ngait.ruleOptions.eta=1e-06",
                "ngait-s1,rules.ngait.ruleOptions.eta=1e-07",
                "ngait-s1,rules.ngait.ruleOptions.eta=1e-08",
            ],
            runs.Select(r => r.Name)
        );
    }

    [Theory]
    [InlineData("--over optimizer.lrr=1: optimizer: unknown field 'lrr'. Did you mean 'lr'?", "optimizer.lrr=1,2")]
    [InlineData("--over lr=1: unknown field 'lr'. Did you mean 'optimizer.lr'? Choose from ", "lr=1,2")]
    [InlineData("--over optimizer.lr=fast", "optimizer.lr=1e-3,fast")]
    [InlineData("--over optimizer.lr=-1", "optimizer.lr=1e-3,-1")]
    [InlineData("use --seeds", "seed=1,2")]
    [InlineData("use --rules", "rule=bp,fa")]
    [InlineData("a sweep has one folder", "name=a,b")]
    [InlineData("--over epochs stands there twice", "epochs=1,2", "epochs=3,4")]
    [InlineData(
        "the grid would have 1000000 runs, 1 rules x 1 seeds x 1000 of epochs x 1000 of batchSize",
        "epochs=1..1000",
        "batchSize=1..1000"
    )]
    public void What_is_not_possible_is_one_line(string said, params string[] over)
    {
        var error = Assert.Throws<GaitPropException>(() => Grid(["bp"], [1], over)).Message;
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void A_file_sweeps_as_the_command_line_does()
    {
        var document = Document(
            """{ "extends": "synthetic-shallow", "sweep": { "optimizer.lr": "log(1e-5..1e-3,3)", "orthogonality.lambda": [1, 10], "ruleOptions.inverse": ["exact", "folded(2)"], }, "rules": ["ngait"] }"""
        );
        Assert.Equal(
            ["optimizer.lr=1e-05,0.0001,0.001", "orthogonality.lambda=1,10", "ruleOptions.inverse=exact,folded(2)"],
            document.Sweep.Select(a => a.ToString())
        );
        Assert.Equal(12, ExperimentGrid.Of(document, null, null, document.Sweep, new()).Count);
    }

    [Theory]
    [InlineData("""{ "optimizer.lrr": [1] }""", "sweep: optimizer.lrr=1: optimizer: unknown field 'lrr'")]
    [InlineData("""{ "optimizer.lr": [] }""", "sweep.optimizer.lr is not possible: it has no value")]
    [InlineData("""{ "optimizer.lr": 3 }""", "sweep.optimizer.lr must be a list of values")]
    [InlineData("[1]", "sweep must be an object")]
    public void A_sweep_of_a_file_that_is_not_possible_names_the_file(string sweep, string said)
    {
        var error = Assert
            .Throws<GaitPropException>(() => Document($$"""{ "extends": "synthetic-shallow", "sweep": {{sweep}} }"""))
            .Message;
        Assert.Contains("mine.json", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    private ExperimentDocument Document(string json)
    {
        var file = Path.Combine(_folder, "mine.json");
        File.WriteAllText(file, json);
        return ExperimentDocument.Open(file);
    }

    private static IReadOnlyList<GridRun> Grid(string[] rules, int[] seeds, params string[] over) =>
        ExperimentGrid.Of(
            ExperimentDocument.Open("synthetic-shallow"),
            rules,
            seeds,
            [.. over.Select(o => SweepAxis.Parse("--over", o))],
            new ExperimentChoices()
        );
}
