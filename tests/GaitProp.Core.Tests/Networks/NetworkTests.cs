using static TorchSharp.torch;

namespace GaitProp.Tests.Networks;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("cifar-shallow", "3072-1024 1024-1024 1024-1024 1024-10")]
    [InlineData("cifar-deep", "3072-1024 1024-1024 1024-1024 1024-1024 1024-1024 1024-1024 1024-10")]
    [InlineData("imagenet", "243-24 216-24 600-48 432-48 432-96 864-96 864-192 3072-1000")]
    public void The_networks_have_the_published_sizes(string name, string sizes)
    {
        var definition = name == "imagenet" ? Architectures.Define(name, [3, 224, 224], 1000) : Architectures.Define(name, [3, 32, 32], 10);
        using var network = Sized(definition, AuxiliaryUnits.None);

        Assert.Equal(sizes, string.Join(' ', network.Layers.Select(l => $"{l.FanIn}-{l.Keep}")));
        Assert.All(network.Layers, l => Assert.Equal(l.Keep, l.Outputs));
    }

    [Fact]
    public void At_224_pixels_the_last_feature_map_is_4_x_4_x_192()
    {
        using var network = Sized(Architectures.Define("imagenet", [3, 224, 224], 1000), AuxiliaryUnits.Implicit);

        Assert.Equal([192L, 4, 4], network.Layers[^2].OutputShape);
        Assert.Equal(["56", "28", "14", "7", "7", "4", "4"], network.Layers.Take(7).Select(l => $"{l.OutputShape[1]}"));
    }

    [Theory]
    [InlineData(AuxiliaryUnits.Explicit)]
    [InlineData(AuxiliaryUnits.Implicit)]
    public void With_auxiliary_units_every_layer_but_the_first_is_square(AuxiliaryUnits auxiliary)
    {
        using var network = Sized(Architectures.Define("cifar-shallow", [3, 32, 32], 10), auxiliary);

        Assert.False(network.Layers[0].IsSquare);
        Assert.All(network.Layers.Skip(1), l => Assert.True(l.IsSquare));
        Assert.Equal((1024, 10), (network.Layers[^1].Outputs, network.Layers[^1].Keep));
        Assert.Equal(auxiliary, network.Layers[^1].Auxiliary);
        Assert.Equal(auxiliary == AuxiliaryUnits.Explicit ? 1024 : 10, network.Layers[^1].Weight.shape[0]);
    }

    [Theory]
    [InlineData("cifar-shalow", "Did you mean 'cifar-shallow'?")]
    [InlineData("resnet", "unknown network 'resnet'")]
    public void An_unknown_network_is_refused(string name, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<GaitPropException>(() => Architectures.Define(name, [3, 32, 32], 10)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_square_layer_cannot_keep_more_than_it_has_and_says_which()
    {
        var plan = new NetworkBuilder("n", 4).Dense(3).Dense(5).Definition;

        Assert.Contains(
            "layer 2 (dense 5) passes on 5 outputs of 3 inputs",
            Assert.Throws<GaitPropException>(() => Network.Build(plan, AuxiliaryUnits.Explicit, 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Layers_that_do_not_fit_are_refused_by_name()
    {
        var plan = new NetworkBuilder("n", 4).Dense(3).Definition;
        var first = Network.Build(plan, AuxiliaryUnits.None, 1);
        var second = Network.Build(plan, AuxiliaryUnits.None, 1);

        Assert.Contains(
            "takes inputs of 4",
            Assert.Throws<GaitPropException>(() => new Network("n", [first.Layers[0], second.Layers[0]])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains("no layers", Assert.Throws<GaitPropException>(() => new Network("n", [])).Message, StringComparison.Ordinal);
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public void A_copy_in_another_precision_has_the_same_numbers_and_memory_of_its_own()
    {
        using var scope = NewDisposeScope();
        using var single = Network.Build(new NetworkBuilder("n", 2, 5, 5).Conv(3, 2, 4).Dense(3).Definition, AuxiliaryUnits.Implicit, 1);
        using var exact = single.To(ScalarType.Float64);
        using var same = single.To(ScalarType.Float32);

        foreach (var (a, b, c) in single.Layers.Zip(exact.Layers, same.Layers))
        {
            Numbers.AssertEqual(a.Weight.to(ScalarType.Float64), b.Weight);
            Assert.Equal((a.Keep, a.Outputs, a.Units), (b.Keep, b.Outputs, b.Units));
            c.Weight.zero_();
            Assert.NotEqual(0, a.Weight.count_nonzero().item<long>());
        }
    }

    [Fact]
    public void Predict_is_the_forward_pass()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(
            new NetworkBuilder("n", 2, 5, 5).Conv(3, 2, 4).Dense(3).Definition,
            AuxiliaryUnits.Explicit,
            1
        );
        var x = Numbers.Normal(1, 4, 2, 5, 5);

        Numbers.AssertEqual(network.Forward(x).Output, network.Predict(x));
    }

    [Fact]
    public void A_layer_reports_its_condition_and_defect()
    {
        using var scope = NewDisposeScope();
        using var network = Network.Build(new NetworkBuilder("n", 6).Dense(6).Definition, AuxiliaryUnits.None, 1, ScalarType.Float64);
        var layer = network.Layers[0];
        Assert.Equal(1, layer.ConditionNumber(), 1e-12);
        Assert.Equal(0, layer.Defect(), 1e-12);

        layer.Weight[0].mul_(3);

        Assert.Equal(3, layer.ConditionNumber(), 1e-12);
        Assert.Equal(8 / Math.Sqrt(6), layer.Defect(), 1e-12);
    }

    /// <summary>A network as it is built, but for its weights: drawing those takes seconds, and its sizes are looked at alone.</summary>
    private static Network Sized(NetworkDefinition definition, AuxiliaryUnits auxiliary) =>
        Network.Blank(definition, auxiliary, ScalarType.Float32, CPU, UnitGain.None, null);
}
