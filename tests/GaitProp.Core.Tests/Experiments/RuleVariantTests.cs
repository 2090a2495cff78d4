using GaitProp.Experiments;
using static TorchSharp.torch;

namespace GaitProp.Tests.Experiments;

public sealed class RuleVariantTests
{
    private static readonly ExperimentDocument Shallow = ExperimentDocument.Open("cifar-shallow");

    [Theory]
    [InlineData("bp", "bp", 0)]
    [InlineData("bp+constraint+gain", "bp", 2)]
    [InlineData(" ngait + gain ", "ngait", 1)]
    [InlineData("gait+displacement", "gait", 1)]
    public void A_rule_is_read_with_what_is_added_to_it(string name, string rule, int additions)
    {
        var variant = RuleVariant.Parse(name);
        Assert.Equal((rule, additions), (variant.Rule, variant.Additions.Count));
        Assert.Equal(name.Replace(" ", "", StringComparison.Ordinal), variant.ToString());
    }

    [Theory]
    [InlineData("pb+gain", "unknown rule 'pb'. Did you mean 'bp'?")]
    [InlineData("bp+gian", "bp+gian: unknown addition 'gian'. Did you mean 'gain'?")]
    [InlineData("bp+gain+gain", "bp+gain+gain: an addition stands there twice")]
    [InlineData("bp+displacement", "bp+displacement: bp has no forms")]
    [InlineData("bp+", "bp+: unknown addition ''")]
    public void What_cannot_be_is_one_line(string name, string message) =>
        Assert.StartsWith(message, Assert.Throws<GaitPropException>(() => RuleVariant.Parse(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("fast", OrthogonalityKind.Retraction)]
    [InlineData("paper", OrthogonalityKind.Penalty)]
    public void The_constraint_is_the_one_that_the_preset_puts_on_normalised_gait(string preset, OrthogonalityKind kind)
    {
        var (free, constrained, ngait) = (Resolve("bp", preset), Resolve("bp+constraint", preset), Resolve("ngait", preset));
        Assert.Equal(kind, constrained.Orthogonality.Kind);
        Assert.Equal(ngait.Orthogonality, constrained.Orthogonality);
        Assert.Equal(free, constrained with { Orthogonality = free.Orthogonality });
    }

    [Fact]
    public void A_gain_is_a_gain_for_each_row_and_nothing_else()
    {
        foreach (var rule in (string[])["bp", "fa", "ngait"])
        {
            var (plain, gained) = (Resolve(rule, "fast"), Resolve($"{rule}+gain", "fast"));
            Assert.Equal(UnitGain.Row, gained.Gain);
            Assert.Equal(plain, gained with { Gain = UnitGain.None });
        }
    }

    [Fact]
    public void The_displacement_form_comes_with_what_the_preset_fast_computes_it_with()
    {
        var displaced = Resolve("gait+displacement", "paper");
        Assert.Equal(
            (ScalarType.Float32, AuxiliaryUnits.Implicit, OrthogonalityKind.Retraction),
            (displaced.Precision, displaced.Auxiliary, displaced.Orthogonality.Kind)
        );
        Assert.Equal(new GaitOptions { Form = TargetForm.Displacement, Inverse = InverseStrategy.Folded(32) }, displaced.RuleOptions);
    }

    [Fact]
    public void What_is_chosen_on_the_command_line_beats_an_addition() =>
        Assert.Equal(UnitGain.Scalar, Shallow.Resolve("bp+gain", new ExperimentChoices { Set = ["gain=scalar"] }).Gain);

    private static Experiment Resolve(string rule, string preset) => Shallow.Resolve(rule, new ExperimentChoices { Preset = preset });
}
