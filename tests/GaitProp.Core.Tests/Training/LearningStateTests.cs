using GaitProp.Experiments;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>What was made before something fails is given back, and what is no longer finite is named.</summary>
[Collection(Alone.Name)]
public sealed class LearningStateTests
{
    [Fact]
    public void A_rule_that_cannot_be_prepared_leaves_no_tensor()
    {
        RuleCatalog.Register<Unprepared>();
        var experiment = TrainerTests.Small("bp") with
        {
            Network = "dense 24, dense 10",
            Rule = "unprepared",
            RuleOptions = new NoOptions(),
            BatchSize = 8,
            Epochs = 1,
        };
        var data = SyntheticImages.Generate(train: 16, test: 10);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        var error = Assert.Throws<GaitPropException>(() => new Trainer(experiment, data));

        Assert.StartsWith("Unprepared.Prepare failed: InvalidOperationException: no feedback", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData("bp", OrthogonalityKind.None, "lower the learning rate.")]
    [InlineData("bp", OrthogonalityKind.Retraction, "lower the learning rate, or use a stronger orthogonality constraint.")]
    [InlineData("ngait", OrthogonalityKind.None, "lower the learning rate, or use an orthogonality constraint.")]
    public void What_is_no_longer_finite_is_named_with_a_cure_that_can_help(string rule, OrthogonalityKind kind, string cure)
    {
        var experiment = TrainerTests.Small(rule) with
        {
            Network = "dense 24, dense 10",
            BatchSize = 8,
            Epochs = 2,
            Orthogonality = new OrthogonalityOptions { Kind = kind },
        };
        using var state = new LearningState(experiment, SyntheticImages.Generate(train: 16, test: 10), CPU);
        using (no_grad())
        {
            state.Network.Layers[1].Weight.fill_(double.NaN);
        }

        var weights = Assert.Throws<DivergedException>(() => state.CheckWeights(3)).Message;
        var loss = Assert.Throws<DivergedException>(() => state.Measure(1, 2, () => { }, TestContext.Current.CancellationToken)).Message;

        const string layer = "(layer 2 is the first with weights that are not)";
        Assert.Equal($"{rule}: the weights are no longer finite at step 3 of epoch 2 {layer}; {cure}", weights);
        Assert.Equal($"{rule}: the loss on the training images is no longer finite at step 2 of epoch 1 {layer}; {cure}", loss);
    }

    [Rule("unprepared", "unprepared")]
    private sealed class Unprepared : LearningRule
    {
        private readonly Tensor _own = zeros(3).DetachFromDisposeScope();

        public override bool NeedsSquareLayers => false;

        public override void Prepare(Network network, int seed) => throw new InvalidOperationException("no feedback");

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) =>
            throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _own.Dispose();
            base.Dispose(disposing);
        }
    }
}
