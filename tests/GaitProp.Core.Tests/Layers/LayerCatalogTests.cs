using GaitProp.Experiments;

namespace GaitProp.Tests.Layers;

public sealed class LayerCatalogTests
{
    [Theory]
    [InlineData("conv 3,2,24", "conv 3x3/2 24")]
    [InlineData("conv 3, 2, 24", "conv 3x3/2 24")]
    [InlineData("CONV 5x5 16", "conv 5x5/1 16")]
    [InlineData("dense   512", "dense 512")]
    [InlineData("dense 512 GAIN row", "dense 512 gain row")]
    [InlineData("maxpool 2", "maxpool 2")]
    [InlineData("maxpool 2,2", "maxpool 2,2")]
    [InlineData("avgpool 4", "avgpool 4")]
    [InlineData("mix", "mix")]
    [InlineData("mix 1", "mix")]
    [InlineData("mix 9", "mix 9")]
    public void A_layer_is_read_and_written(string text, string written)
    {
        var layer = LayerDefinition.Parse(text);
        Assert.Equal(written, layer.ToString());
        Assert.Equal(layer, LayerDefinition.Parse(written));
        Assert.Matches(LayerCatalog.Pattern, written);
    }

    [Theory]
    [InlineData("maxpool", "the layer 'maxpool' cannot be read: write 'maxpool SIDE'.")]
    [InlineData("maxpool two", "the layer 'maxpool two' cannot be read: write 'maxpool SIDE'.")]
    [InlineData("maxpool 0", "the layer 'maxpool 0' is not possible: side must be 1 or more.")]
    [InlineData("conv 3,2", "the layer 'conv 3,2' cannot be read: write 'conv KERNEL,STRIDE,CHANNELS'.")]
    [InlineData("conv 3x4/2 8", "the layer 'conv 3x4/2 8' cannot be read: write 'conv KERNEL,STRIDE,CHANNELS'.")]
    [InlineData("dense 99999999999", "the layer 'dense 99999999999' is not possible: units must be 1 or more, and 2147483647 or less.")]
    [InlineData("maxpool 2 gain row", "the layer 'maxpool 2 gain row' is not possible: maxpool has no gains.")]
    public void What_cannot_be_is_refused_in_one_line(string text, string message) =>
        Assert.Equal(message, Assert.Throws<GaitPropException>(() => LayerDefinition.Parse(text)).Message);

    [Fact]
    public void An_unknown_layer_is_told_what_there_is()
    {
        LayerCatalog.Register<TwofoldDefinition>();
        var message = Assert.Throws<GaitPropException>(() => LayerDefinition.Parse("maxpol 2")).Message;
        Assert.StartsWith(
            "the layer 'maxpol 2' cannot be read: unknown layer 'maxpol'. Did you mean 'maxpool'? Choose from avgpool, conv, dense, ",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("'twofold'", message, StringComparison.Ordinal);
        Assert.Contains("'conv KERNEL,STRIDE,CHANNELS', 'dense UNITS', 'maxpool SIDE', 'mix [SEED]'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_in_one_line_are_divided_where_words_begin()
    {
        var plan = NetworkDefinition.Parse("n", [3, 8, 8], "conv 3,2,24,maxpool 2, mix , dense 10");
        Assert.Equal("conv 3x3/2 24, maxpool 2, mix, dense 10", string.Join(", ", plan.Layers));
        Assert.Contains(
            "cannot be read",
            Assert.Throws<GaitPropException>(() => NetworkDefinition.Parse("n", [4], "dense 4,, dense 2")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cannot be read",
            Assert.Throws<GaitPropException>(() => NetworkDefinition.Parse("n", [4], "dense 4,")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_users_layer_is_read_from_an_experiments_text()
    {
        LayerCatalog.Register<TwofoldDefinition>();
        Assert.Contains("twofold", LayerCatalog.Names);
        Assert.Equal("dense 8, twofold, dense 10", OwnNetwork.Canonical("dense 8,twofold , dense 10"));
    }

    [Fact]
    public void A_record_that_says_no_name_is_refused() =>
        Assert.Equal(
            "Nameless is not the plan of a layer: put [LayerKind(\"name\", \"NUMBERS\")] on the record.",
            Assert.Throws<GaitPropException>(LayerCatalog.Register<Nameless>).Message
        );

    [Fact]
    public void What_a_plan_refuses_itself_is_one_line()
    {
        LayerCatalog.Register<PairsDefinition>();
        Assert.Equal("pairs 3: it must be even.", Assert.Throws<GaitPropException>(() => LayerDefinition.Parse("pairs 3")).Message);
    }

    [Fact]
    public void So_is_what_goes_wrong_as_a_plan_of_ones_own_is_made()
    {
        LayerCatalog.Register<UnplannedDefinition>();
        Assert.Equal(
            "the layer 'unplanned 3' is not possible: UnplannedDefinition failed: InvalidOperationException: no table of 3.",
            Assert.Throws<GaitPropException>(() => LayerDefinition.Parse("unplanned 3")).Message
        );
    }

    [LayerKind("pairs", "NUMBER")]
    private sealed record PairsDefinition : LayerDefinition
    {
        public PairsDefinition(int number)
        {
            if (number % 2 != 0)
            {
                throw new GaitPropException($"pairs {number}: it must be even.");
            }
        }

        public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) => throw new NotSupportedException();

        public override Layer Build(LayerPlace place) => throw new NotSupportedException();
    }

    [LayerKind("unplanned", "NUMBER")]
    private sealed record UnplannedDefinition : LayerDefinition
    {
        public UnplannedDefinition(int number) => throw new InvalidOperationException($"no table of {number}.");

        public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) => throw new NotSupportedException();

        public override Layer Build(LayerPlace place) => throw new NotSupportedException();
    }

    private sealed record Nameless : LayerDefinition
    {
        public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) => throw new NotSupportedException();

        public override Layer Build(LayerPlace place) => throw new NotSupportedException();
    }
}
