using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>What was made before something fails is given back.</summary>
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
