using System.Text.Json.Nodes;

namespace GaitProp.Kernel.Tests.Commands;

/// <summary>Rules with additions, through the real program.</summary>
public sealed class RuleVariantsTests : IDisposable
{
    private const string Baselines = "bp,bp+constraint,bp+gain,bp+constraint+gain,ngait,ngait+gain";

    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Fact]
    public void Normalised_gait_is_compared_with_all_its_baselines_in_one_figure()
    {
        File.WriteAllText(
            _gaitprop["mine.json"],
            """
            {
              "network": ["dense 40", "dense 40", "dense 10"], "data": "embedded", "rules": ["bp"],
              "epochs": 1, "batchSize": 16, "trainImages": 64, "testImages": 20, "angleEvery": 2
            }
            """
        );

        var compared = _gaitprop.Run("compare", "mine.json", "--rules", Baselines, "--save", "figure.csv");

        Assert.Equal(
            (0, ""),
            (compared.ExitCode, string.Concat(compared.Error.Split('\n').Where(l => l.Contains("failed", StringComparison.Ordinal))))
        );
        var runs = Directory.GetDirectories(_gaitprop["runs", "mine"]).Where(d => File.Exists(Path.Combine(d, "run.json"))).ToArray();
        Assert.Equal(6, runs.Length);
        var experiments = runs.Select(r => JsonNode.Parse(File.ReadAllText(Path.Combine(r, "run.json")))!["experiment"]!)
            .Select(e => $"{e["rule"]} {e["orthogonality"]!["kind"]} {e["gain"]}");
        Assert.Equal(
            ["bp none none", "bp none row", "bp retraction none", "bp retraction row", "ngait retraction none", "ngait retraction row"],
            experiments.Order(StringComparer.Ordinal)
        );
        var figure = File.ReadAllText(_gaitprop["figure.csv"]);
        foreach (var title in (string[])["BP, retraction", "BP, gains", "BP, retraction, gains", "normalised GAIT, gains"])
        {
            Assert.Contains($"\"{title}\"", figure, StringComparison.Ordinal);
        }

        var again = _gaitprop.Run("compare", "mine.json", "--rules", Baselines);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(6, Directory.GetDirectories(_gaitprop["runs", "mine"]).Count(d => File.Exists(Path.Combine(d, "run.json"))));
    }

    [Theory]
    [InlineData("bp+gian: unknown addition 'gian'. Did you mean 'gain'?", "compare", "cifar-shallow", "--rules", "bp+gian")]
    [InlineData("bp+displacement: bp has no forms", "train", "synthetic-shallow", "--rule", "bp+displacement")]
    public void An_addition_that_cannot_be_is_one_line(string expected, params string[] args)
    {
        var finished = _gaitprop.Run(args);

        Assert.Equal(2, finished.ExitCode);
        Assert.Contains(expected, finished.Error, StringComparison.Ordinal);
    }
}
