namespace GaitProp.Tests.Networks;

public sealed class NetworkDefinitionTests
{
    private static readonly LayerDefinition[] Layers =
    [
        new ConvDefinition(3, 2, 48),
        new ConvDefinition(5, 1, 16),
        new DenseDefinition(512),
        new DenseDefinition(10),
    ];

    [Fact]
    public void Words_JSON_and_the_builder_make_one_plan()
    {
        var words = NetworkDefinition.Parse("mine", [3, 32, 32], "conv 3x3/2 48, CONV 5x5 16,dense   512, dense 10");
        var json = NetworkDefinition.FromJson(
            """
            {
              // a comment
              "name": "mine",
              "input": [3, 32, 32],
              "layers": ["conv 3x3/2 48", "conv 5x5/1 16", "dense 512", "dense 10"],
            }
            """
        );
        var built = new NetworkBuilder("mine", 3, 32, 32).Conv(3, 2, 48).Conv(5, 1, 16).Dense(512).Dense(10).Definition;

        foreach (var plan in (NetworkDefinition[])[words, json, built])
        {
            Assert.Equal("mine", plan.Name);
            Assert.Equal([3L, 32, 32], plan.InputShape);
            Assert.Equal(Layers, plan.Layers);
        }
    }

    [Fact]
    public void A_layer_is_read_back_as_it_is_written() =>
        Assert.All(Layers, layer => Assert.Equal(layer, LayerDefinition.Parse(layer.ToString()!)));

    [Theory]
    [InlineData("dens 512", "cannot be read")]
    [InlineData("dense", "cannot be read")]
    [InlineData("conv 3x4/2 48", "cannot be read")]
    [InlineData("dense 0", "units must be 1 or more")]
    [InlineData("conv 3x3/0 48", "stride must be 1 or more")]
    [InlineData("", "cannot be read")]
    public void A_layer_that_cannot_be_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<GaitPropException>(() => LayerDefinition.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "input": [3], "layer": [] }""", "Did you mean 'layers'?")]
    [InlineData("""{ "input": [3, 32], "layers": ["dense 1"] }""", "an input of 3 x 32 is not possible")]
    [InlineData("""{ "input": [3] }""", "the field 'layers' is missing")]
    [InlineData("""{ "input": "3", "layers": [] }""", "cannot be read")]
    [InlineData("nonsense", "cannot be read")]
    public void JSON_that_is_not_a_network_is_refused(string json, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<GaitPropException>(() => NetworkDefinition.FromJson(json)).Message,
            StringComparison.Ordinal
        );
}
