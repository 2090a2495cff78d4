using System.Text.Json.Nodes;
using GaitProp.Tests.Data;
using GaitProp.Tests.Layers;
using GaitProp.Verification;
using static TorchSharp.torch;

namespace GaitProp.Tests.Verification;

/// <summary>
/// Vectors of networks with layers of any type: <c>"kind"</c> is the layer's plan, its numbers stand under their own names.
/// </summary>
public sealed class OtherLayersTests
{
    [Fact]
    public void Vectors_of_layers_of_any_type_pass_and_a_number_that_is_off_is_found()
    {
        LayerCatalog.Register<TwofoldDefinition>();
        var vectors = Vectors("conv 3,1,5, maxpool 2, avgpool 2, mix, dense 9, twofold, dense 4");
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());
        Assert.All(Verifier.Verify([scratch["v.json"]]), r => Assert.True(r.Passed, $"{r}"));

        var first = vectors["cases"]![0]!["rules"]![0]!["gradients"]![5]!["first"]![0]!.AsArray();
        first[0] = first[0]!.GetValue<double>() + 1e-3;
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());
        var failed = Assert.Single(Verifier.Verify([scratch["v.json"]]), r => !r.Passed);
        Assert.Equal(("bp", 6), (failed.Rule, failed.Layer));
    }

    [Fact]
    public void A_parameter_that_is_missing_is_named_in_one_line()
    {
        LayerCatalog.Register<TwofoldDefinition>();
        var vectors = Vectors("dense 5, twofold, dense 4");
        vectors["cases"]![0]!["layers"]![1]!.AsObject().Remove("second");
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());
        Assert.Equal(
            $"{scratch["v.json"]}, case 1: layer 2 (twofold): the field 'second' is missing.",
            Assert.Throws<GaitPropException>(() => Verifier.Verify([scratch["v.json"]]).ToArray()).Message
        );
    }

    private static JsonObject Vectors(string layers)
    {
        using var scope = NewDisposeScope();
        var plan = NetworkDefinition.Parse("n", [3, 8, 8], layers);
        using var network = Network.Build(plan, AuxiliaryUnits.Explicit, 1, ScalarType.Float64);
        var x = Numbers.Uniform(1, 3, 3, 8, 8);
        var trace = network.Forward(x);
        var loss = Loss.CrossEntropySum(trace.Output, tensor(new long[] { 0, 3, 1 }));
        return new JsonObject
        {
            ["schema"] = "gaitprop-vectors/1",
            ["cases"] = new JsonArray(
                new JsonObject
                {
                    ["input"] = Nested(x),
                    ["layers"] = new JsonArray([.. plan.Layers.Zip(network.Layers, Described)]),
                    ["loss"] = new JsonObject { ["kind"] = "cross-entropy-sum", ["labels"] = new JsonArray(0, 3, 1) },
                    ["activations"] = new JsonArray([.. trace.Activations.Select(Nested)]),
                    ["rules"] = new JsonArray(Rule("bp", "backprop"), Rule("ngait", "normalised-gait")),
                }
            ),
        };

        JsonObject Rule(string name, string title)
        {
            using var rule = RuleCatalog.Create(name);
            var update = rule.Update(network, trace, loss.Gradient);
            return new JsonObject
            {
                ["rule"] = title,
                ["gradients"] = new JsonArray([.. network.Layers.Zip(update, (layer, gradient) => Named(layer, gradient.Trained))]),
            };
        }
    }

    private static JsonNode Described(LayerDefinition plan, Layer layer)
    {
        var json = Named(layer, layer.Trained);
        json["kind"] =
            plan is ConvDefinition ? "conv"
            : plan is DenseDefinition ? "dense"
            : plan.ToString();
        if (plan is ConvDefinition conv)
        {
            (json["kernel"], json["stride"]) = (conv.Kernel, conv.Stride);
        }

        if (layer is AffineLayer)
        {
            (json["activation"], json["slope"], json["keep"]) = ("leaky-relu", layer.Activation.Slope, layer.Keep);
        }

        return json;
    }

    private static JsonObject Named(Layer layer, IReadOnlyList<Tensor> values) =>
        new(layer.Owned.Where(p => p.Role != ParameterRole.Fixed).Zip(values, (p, v) => KeyValuePair.Create(p.Name, (JsonNode?)Nested(v))));

    private static JsonNode Nested(Tensor values) =>
        values.dim() == 0
            ? JsonValue.Create(values.item<double>())
            : new JsonArray([.. Enumerable.Range(0, (int)values.shape[0]).Select(i => Nested(values[i]))]);
}
