using GaitProp.Figures;

namespace GaitProp.Tests.Networks;

public sealed class LayerSizeTests
{
    [Fact]
    public void Sizes_are_those_of_the_network_that_is_built()
    {
        var plan = new NetworkBuilder("small", 3, 17, 13).Conv(5, 2, 6).Conv(3, 2, 8).Conv(3, 1, 10).Dense(20).Dense(7).Definition;
        using var network = Network.Build(plan, AuxiliaryUnits.Explicit, seed: 1);

        foreach (var (size, layer) in plan.Sizes().Zip(network.Layers))
        {
            Assert.Equal(layer.Units, size.KeptUnits + size.AuxiliaryUnits);
            Assert.Equal(layer.OutputShape.Aggregate(1L, (a, b) => a * b), size.KeptUnits);
            Assert.Equal(layer.Parameters, size.KeptParameters + size.AuxiliaryParameters);
            Assert.Equal(layer.Flops, size.KeptFlops + size.AuxiliaryFlops);
        }

        using var kept = Network.Build(plan, AuxiliaryUnits.None, seed: 1);
        Assert.Equal(kept.Parameters, plan.Sizes().Sum(s => s.KeptParameters));
        Assert.Equal(kept.Layers.Sum(l => l.Flops), plan.Sizes().Sum(s => s.KeptFlops));
    }

    [Fact]
    public void The_published_ImageNet_network_ends_in_4_x_4_x_192()
    {
        var sizes = Architectures.Define("imagenet", [3, 224, 224], 1000).Sizes();

        Assert.Equal(3072, sizes[^1].FanIn);
        Assert.Equal(192, sizes[6].Keep);
        Assert.Equal(16, sizes[6].Positions);
        Assert.Equal(0, sizes[0].AuxiliaryUnits);
    }

    [Fact]
    public void The_figure_has_stacks_and_a_row_of_three_panels_for_each_network()
    {
        var figure = ArchitectureFigure.Of(
            "fig3",
            "title",
            "caption",
            [Architectures.Define("cifar-shallow", [3, 32, 32], 10), Architectures.Define("cifar-deep", [3, 32, 32], 10)]
        );

        Assert.Equal(["A", "B", "C", "D", "E", "F", "G"], figure.Panels.Select(p => p.Letter));
        Assert.NotNull(figure.Panels[0].Drawing);
        Assert.Equal([1024, 1024, 1024, 10], figure.Panels[1].Series[0].Y);
        Assert.Equal([0, 0, 0, 1014], figure.Panels[1].Series[1].Y);
        Assert.Equal("4", figure.Panels[1].X.Categories![3]);
    }
}
