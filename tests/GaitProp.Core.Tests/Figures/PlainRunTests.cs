using GaitProp.Figures;
using GaitProp.Tests.Results;

namespace GaitProp.Tests.Figures;

/// <summary>Which runs are of a rule as published.</summary>
public sealed class PlainRunTests
{
    /// <summary>To a rule that inverts layers the constraint belongs, whether or not it has forms; to another it is an addition.</summary>
    [Theory]
    [InlineData("tp", "retraction", true)]
    [InlineData("tp", "none", false)]
    [InlineData("ngait", "retraction", true)]
    [InlineData("dtp", "retraction", false)]
    [InlineData("bp", "retraction", false)]
    [InlineData("bp", "none", true)]
    public void A_constraint_is_part_of_the_rules_that_need_it(string rule, string constraint, bool isPlain)
    {
        var run = PanelRuns.Of("cifar-shallow", rule);
        run.Description.Experiment["orthogonality"]!["kind"] = constraint;

        Assert.Equal(isPlain, PlainRun.Is(run));
    }

    [Fact]
    public void Choices_are_those_of_another_run_and_no_others()
    {
        var run = PanelRuns.Of("cifar-shallow", "bp");
        Assert.True(PlainRun.Is(run, []));
        run.Description.Experiment["shuffleBuffer"] = 1000;

        Assert.False(PlainRun.Is(run));
        Assert.True(PlainRun.Is(run, ["shuffled in a buffer of 1000"]));
        Assert.False(PlainRun.Is(run, ["SGD"]));
    }
}
