using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Tests.Experiments;

/// <summary>What goes wrong in code of the user's own while an experiment is checked: one line with its place.</summary>
public sealed class ExperimentTests
{
    private static readonly Experiment Start = Presets.Experiment("cifar-shallow", "bp", "fast");

    [Fact]
    public void A_layer_of_ones_own_that_has_no_size_is_one_line_with_its_place()
    {
        LayerCatalog.Register<UnsizedDefinition>();

        AssertFails(
            "UnsizedDefinition.SizeAt failed: InvalidOperationException: no table",
            (Start with { Network = "unsized, dense 10" }).Validate
        );
    }

    [Fact]
    public void And_it_says_who_chose_the_layer()
    {
        LayerCatalog.Register<UnsizedDefinition>();

        AssertFails(
            "--set: UnsizedDefinition.SizeAt failed: InvalidOperationException: no table",
            () => ExperimentLayer.Merge(Start, [new("--set", new JsonObject { ["network"] = "unsized, dense 10" })])
        );
    }

    [Fact]
    public void Options_of_ones_own_that_cannot_be_checked_are_one_line_with_their_place()
    {
        RuleCatalog.Register<Unchecked>();

        AssertFails(
            "UncheckedOptions.Validate failed: InvalidOperationException: no range",
            (
                Start with
                {
                    Rule = "unchecked",
                    RuleOptions = new UncheckedOptions { IsBroken = true },
                }
            ).Validate
        );
    }

    private static void AssertFails(string line, Action check)
    {
        var error = Assert.Throws<GaitPropException>(check);

        Assert.StartsWith($"{line} (ExperimentTests.cs, line ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [LayerKind("unsized", "")]
    private sealed record UnsizedDefinition : LayerDefinition
    {
        public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) => throw new InvalidOperationException("no table");

        public override Layer Build(LayerPlace place) => throw new NotSupportedException();
    }

    private sealed record UncheckedOptions : RuleOptions
    {
        internal bool IsBroken { get; init; }

        public override void Validate()
        {
            if (IsBroken)
            {
                throw new InvalidOperationException("no range");
            }
        }
    }

    [Rule("unchecked", "unchecked", typeof(UncheckedOptions))]
    private sealed class Unchecked(UncheckedOptions options) : LearningRule
    {
        public UncheckedOptions Options { get; } = options;

        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, TorchSharp.torch.Tensor outputGradient) =>
            throw new NotSupportedException();
    }
}
