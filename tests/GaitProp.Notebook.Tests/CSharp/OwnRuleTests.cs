using GaitProp.Experiments;

namespace GaitProp.Notebook.Tests.CSharp;

/// <summary>
/// The code of a rule that a cell registers is part of what its runs compute: a comparison trains a changed rule anew, and goes on with
/// one that is the same, in a later session too.
/// </summary>
public sealed class OwnRuleTests : EngineTest
{
    private const string Signs = """
        using static TorchSharp.torch;

        [Rule("own-rule-tests", "signs")]
        public sealed class OwnSigns : DescentRule
        {
            public override bool NeedsSquareLayers => false;

            protected override Inversion Below(LayerStep at, Tensor sent)
            {
                for (var i = 0; i < 2; i++)
                {
                    sent = Halves.Of(sent);
                }

                // What the compiler makes classes of its own for, and what stands in the cell beside the class.
                long[] constants = [0, 1, 2, 3, 5, 8];
                var size = constants.Length switch { 6 => 1, 5 => 2 };
                var named = new { size, factor = Quarter() };
                sent = sent * named.size * named.factor;
                return at.Layer.Feedback(sent, at.Input, [.. at.Layer.Weights.Select(w => w.sign() / Math.Sqrt(at.Layer.FanIn))]);
            }
        }

        static double Quarter() => 0.25 * Unit;
        static double Unit = 1;
        var beside = 1;
        RuleCatalog.Register<OwnSigns>();
        """;

    [Fact]
    public async Task A_cell_that_runs_again_is_the_same_rule_in_any_session_and_a_changed_one_is_another()
    {
        await Run(Helper("0.5"));
        await Run(Signs);
        var first = Code();

        await Run("Console.Write(1);");
        await Run(Signs);
        Assert.Equal(first, Code());

        var later = new LaterSession();
        await later.Run("var x = 1;\nx + 1");
        await later.Run(Helper("0.5"));
        await later.Run("display(2);");
        await later.Run(Signs);
        Assert.Equal(first, Code());
        await later.DisposeAsync();

        await Run(Signs.Replace("w.sign()", "w.abs().neg()", StringComparison.Ordinal));
        var changed = Code();
        Assert.NotEqual(first, changed);

        // What stands beside it does not count, and what it calls does, wherever that stands.
        await Run(Signs.Replace("beside = 1", "beside = 2", StringComparison.Ordinal));
        Assert.Equal(first, Code());
        await Run(Signs.Replace("=> 0.25", "=> 0.2", StringComparison.Ordinal));
        Assert.NotEqual(first, Code());
        await Run(Signs.Replace("Unit = 1", "Unit = 2", StringComparison.Ordinal));
        Assert.NotEqual(first, Code());
        await Run(Helper("0.25"));
        await Run(Signs);
        Assert.NotEqual(first, Code());
        Assert.NotEqual(changed, Code());
    }

    private static string Helper(string factor) =>
        $"public static class Halves {{ public static TorchSharp.torch.Tensor Of(TorchSharp.torch.Tensor t) => {factor} * t; }}";

    private static string? Code() =>
        OwnParts.Code(Presets.Experiment("cifar-shallow", "bp", "fast") with { Rule = "own-rule-tests", RuleOptions = new NoOptions() });

    private sealed class LaterSession : EngineTest;
}
