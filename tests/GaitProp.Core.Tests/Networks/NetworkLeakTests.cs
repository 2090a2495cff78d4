using static TorchSharp.torch;

namespace GaitProp.Tests.Networks;

[Collection(Alone.Name)]
public sealed class NetworkLeakTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_layer_that_fails_or_does_not_fit_leaves_nothing_of_those_below_it(bool fails)
    {
        var plan = new NetworkDefinition("n", [6], [new DenseDefinition(5), new OddDefinition(fails)]);
        Build();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        Build();

        Assert.Equal(before, Tensor.TotalCount);

        void Build() =>
            Assert.Equal(
                fails ? typeof(InvalidOperationException) : typeof(GaitPropException),
                Assert.ThrowsAny<Exception>(() => Network.Build(plan, AuxiliaryUnits.None, seed: 1)).GetType()
            );
    }

    [Fact]
    public void So_does_one_that_cannot_be_copied()
    {
        var below = Network.Build(new NetworkDefinition("n", [6], [new DenseDefinition(5)]), AuxiliaryUnits.None, seed: 1);
        using var network = new Network("n", [below.Layers[0], new Uncopied("layer 2", new LayerSize("uncopied", [5], 5, 5, 5, []))]);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        Assert.Throws<InvalidOperationException>(() => network.To(ScalarType.Float64));

        Assert.Equal(before, Tensor.TotalCount);
    }

    [LayerKind("odd", "")]
    private sealed record OddDefinition(bool Fails) : LayerDefinition
    {
        public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) =>
            new(ToString(), inputShape, inputShape[0], inputShape[0], inputShape[0], []);

        public override Layer Build(LayerPlace place) =>
            Fails
                ? throw new InvalidOperationException("no weights")
                : new DenseDefinition(3).Build(new LayerPlace { Index = place.Index, InputShape = [7] });
    }

    private sealed class Uncopied(string name, LayerSize size) : Layer(name, size, AuxiliaryUnits.None)
    {
        public override string Kind => "uncopied";

        public override Tensor Forward(Tensor x) => x;

        public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) => delta;

        protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy) => p;

        protected override Layer Around(IReadOnlyList<Tensor> owned) => throw new InvalidOperationException("no copy");
    }
}
