using static TorchSharp.torch;

namespace GaitProp.Tests.Studies;

public sealed class AngleStudyTests
{
    private static readonly AngleStudy Study = new()
    {
        Network = new NetworkBuilder("n", 1, 6, 6).Conv(3, 2, 4).Dense(24).Dense(24).Dense(5).Definition,
    };

    [Fact]
    public void Backpropagation_in_float64_is_its_own_reference_and_in_float32_off_by_rounding()
    {
        Assert.All(Measure(Study with { Precision = ScalarType.Float64 }, "bp"), angle => Assert.Equal(0, angle));
        Assert.All(Measure(Study, "bp"), angle => Assert.InRange(angle!.Value, 1e-7, 1e-3));
    }

    [Theory]
    [InlineData(TargetForm.Literal)]
    [InlineData(TargetForm.Displacement)]
    [InlineData(TargetForm.Limit)]
    public void On_orthogonal_weights_normalised_gait_is_backpropagation_in_every_form(TargetForm form) =>
        Assert.All(
            Measure(Study with { Precision = ScalarType.Float64, Form = form }, "ngait"),
            angle => Assert.InRange(angle!.Value, 0, 0.01)
        );

    [Fact]
    public void The_angle_grows_with_the_defect_that_is_asked_for()
    {
        double Worst(double defect) => Measure(Study with { Precision = ScalarType.Float64, Defect = defect }, "ngait").Max()!.Value;

        Assert.InRange(Worst(0.01), 1e-3, 3);
        Assert.InRange(Worst(0.1) / Worst(0.01), 7, 14);
    }

    [Fact]
    public void With_the_transpose_for_the_inverse_it_is_backpropagation_whatever_the_defect() =>
        Assert.All(
            Measure(
                Study with
                {
                    Precision = ScalarType.Float64,
                    Defect = 0.3,
                    Inverse = InverseStrategy.Transpose,
                    Form = TargetForm.Limit,
                },
                "ngait"
            ),
            angle => Assert.InRange(angle!.Value, 0, 1e-6)
        );

    [Fact]
    public void A_defect_below_zero_is_refused() =>
        Assert.Contains(
            "defect -1",
            Assert.Throws<GaitPropException>(() => Measure(Study with { Defect = -1 }, "bp")).Message,
            StringComparison.Ordinal
        );

    /// <summary>Its author wants the line of their code, whether it breaks as the network is drawn or in the reference.</summary>
    [Theory]
    [InlineData(true, "FailingDefinition.Build failed: InvalidOperationException: no weights")]
    [InlineData(false, "Failing.Gradient failed: InvalidOperationException: no gradient")]
    public void What_goes_wrong_in_a_layer_of_ones_own_is_one_line_with_its_place(bool early, string line) =>
        AssertFails(line, Study with { Network = new("n", [6], [new FailingDefinition(early), new DenseDefinition(5)]) }, "bp", 6);

    [Fact]
    public void So_is_what_goes_wrong_as_a_rule_of_ones_own_is_made()
    {
        RuleCatalog.Register<Unmade>();
        var study = Study with { Chosen = new Dictionary<string, RuleOptions> { ["unmade"] = new UnmadeOptions { IsBroken = true } } };

        AssertFails("Unmade.ctor failed: InvalidOperationException: no seed", study, "unmade", 1, 6, 6);
    }

    private static void AssertFails(string line, AngleStudy study, string rule, params long[] shape)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = (Numbers.Uniform(1, [2, .. shape]), zeros(2, ScalarType.Int64));

        var error = Assert.Throws<GaitPropException>(() => study.Measure([rule], images, labels));

        Assert.StartsWith($"{line} (AngleStudyTests.cs, line ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static IReadOnlyList<double?> Measure(AngleStudy study, string rule)
    {
        using var scope = NewDisposeScope();
        return study.Measure([rule], Numbers.Uniform(1, 7, 1, 6, 6), tensor(new long[] { 0, 1, 2, 3, 4, 0, 1 })).Columns.Single().Angles;
    }

    private sealed record UnmadeOptions : RuleOptions
    {
        internal bool IsBroken { get; init; }
    }

    [Rule("unmade", "unmade", typeof(UnmadeOptions))]
    private sealed class Unmade : LearningRule
    {
        public Unmade(UnmadeOptions options)
        {
            if (options.IsBroken)
            {
                throw new InvalidOperationException("no seed");
            }
        }

        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) =>
            throw new NotSupportedException();
    }

    [LayerKind("failing", "")]
    private sealed record FailingDefinition(bool Early) : LayerDefinition
    {
        public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) =>
            new(ToString(), inputShape, inputShape[0], inputShape[0], inputShape[0], []) { ParametersAnOutput = 1, FlopsAnOutput = 1 };

        public override Layer Build(LayerPlace place) =>
            Early
                ? throw new InvalidOperationException("no weights")
                : new Failing(place.Name, SizeAt(place.InputShape, place.IsSquare), place.Ones(place.InputShape[0]));
    }

    private sealed class Failing(string name, LayerSize size, Tensor factors)
        : Layer(name, size, AuxiliaryUnits.None, new LayerParameter("factors", factors, ParameterRole.Gain))
    {
        public override string Kind => "failing";

        public override Tensor Forward(Tensor x) => Checked(x) * factors;

        public override LayerGradient Gradient(Tensor delta, Tensor x, Tensor? activation = null) =>
            throw new InvalidOperationException("no gradient");

        public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) => delta * factors;

        protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy) => p / factors;

        protected override Layer Around(IReadOnlyList<Tensor> owned) => new Failing(Name, Size, owned[0]);
    }
}
