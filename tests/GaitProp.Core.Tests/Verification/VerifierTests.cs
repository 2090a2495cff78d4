using System.Text.Json.Nodes;
using GaitProp.Tests.Data;
using GaitProp.Verification;
using static TorchSharp.torch;

namespace GaitProp.Tests.Verification;

public sealed class VerifierTests
{
    [Fact]
    public void Every_embedded_vector_is_met()
    {
        var results = Verifier.Verify([]).ToArray();

        Assert.All(results, r => Assert.True(r.Passed, $"{r}"));
        foreach (var rule in (string[])["forward", "bp", "gait", "ngait", "tp"])
        {
            Assert.Contains(results, r => r.Rule == rule);
        }

        foreach (var way in (string[])["literal float64", "displacement float64", "displacement float32"])
        {
            Assert.Contains(results, r => r.Rule == "ngait" && r.Way == way);
        }
    }

    [Fact]
    public void Vectors_with_gains_are_met_in_every_form_to_the_last_digits()
    {
        var results = Verifier.Verify([]).Where(r => r.Case.StartsWith("gains", StringComparison.Ordinal)).ToArray();

        Assert.Equal(3, results.Select(r => r.Case).Distinct().Count());
        Assert.All(results, r => Assert.True(r.Passed, $"{r}"));
        Assert.Contains(results, r => r.Way == "float64");
        Assert.Contains(results, r => r.Way == "displacement float64");
        Assert.All(results.Where(r => r.Way is "float64" or "displacement float64"), r => Assert.InRange(r.Worst, 0, 1e-14));
    }

    [Fact]
    public void Nearly_certain_labels_and_ill_conditioned_weights_keep_the_digits_of_all_forms_but_the_literal()
    {
        var results = Verifier.Verify([]).Where(r => r.Case.StartsWith("dense-con", StringComparison.Ordinal)).ToArray();

        Assert.Equal(4, results.Select(r => r.Case).Distinct().Count());
        Assert.All(results, r => Assert.True(r.Passed, $"{r}"));
        Assert.Contains(results, r => r is { Way: "float64", Rule: "forward" });
        Assert.Contains(results, r => r is { Way: "float64", Rule: "bp" });
        Assert.All(results.Where(r => r is { Way: "float64", Rule: "forward" or "bp" }), r => Assert.Equal(1e-12, r.Bound));
        Assert.Contains(results, r => r.Way == "displacement float64");
        Assert.All(results.Where(r => r.Way == "displacement float64"), r => Assert.InRange(r.Bound, 0, 1e-9));
        Assert.Contains(results, r => r.Rule == "gait" && r.Way == "literal float64" && r.Measure == "relative error (all is rounding)");
        Assert.DoesNotContain(results, r => r.Way != "literal float64" && r.Way != "literal angles" && r.Measure.EndsWith(')'));
    }

    [Fact]
    public void Backpropagation_in_a_rules_place_is_found_in_the_displacement_form_however_ill_conditioned_the_weights()
    {
        using var stream = typeof(Verifier).Assembly.GetManifestResourceStream("GaitProp.Verification.Vectors.hard.json")!;
        var vectors = JsonNode.Parse(stream)!;
        foreach (var rules in vectors["cases"]!.AsArray().Select(c => c!["rules"]!.AsArray()))
        {
            foreach (var rule in rules.Skip(1))
            {
                rule!["gradients"] = rules[0]!["gradients"]!.DeepClone();
            }
        }

        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());

        var results = Verifier.Verify([scratch["v.json"]]).ToArray();
        Assert.Contains(results, r => r.Way == "displacement float64");
        Assert.Contains(results, r => r is { Way: "float64", Rule: "tp" });
        Assert.All(
            results.Where(r => r.Way == "displacement float64" || (r.Way == "float64" && r.Rule == "tp")),
            r => Assert.False(r.Passed, $"{r}")
        );
    }

    [Fact]
    public void A_number_is_the_gradient_of_one_gain_and_gradients_of_other_gains_than_the_layers_are_refused()
    {
        using var stream = typeof(Verifier).Assembly.GetManifestResourceStream("GaitProp.Verification.Vectors.gain.json")!;
        var vectors = JsonNode.Parse(stream)!;
        var gradients = vectors["cases"]![0]!["rules"]![0]!["gradients"]!;
        gradients[2]!["gain"] = gradients[2]!["gain"]![0]!.DeepClone();
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());
        var met = Verifier.Verify([scratch["v.json"]]).ToArray();
        Assert.NotEmpty(met);
        Assert.All(met, r => Assert.True(r.Passed, $"{r}"));

        gradients[1]!["gain"] = JsonNode.Parse("[1, 2]");
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());
        Assert.Equal(
            $"{scratch["v.json"]}, case 1, layer 2: the gradients of bp have 2 by gains; the layer has 5 gains.",
            Assert.Throws<GaitPropException>(() => Verifier.Verify([scratch["v.json"]]).ToArray()).Message
        );

        gradients[1]!.AsObject().Remove("gain");
        gradients[0]!["gain"] = 1;
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());
        Assert.EndsWith(
            "layer 1: the gradients of bp have 1 by gains; the layer has 0 gains.",
            Assert.Throws<GaitPropException>(() => Verifier.Verify([scratch["v.json"]]).ToArray()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_gain_of_which_the_gradient_is_off_is_found()
    {
        using var stream = typeof(Verifier).Assembly.GetManifestResourceStream("GaitProp.Verification.Vectors.gain.json")!;
        var vectors = JsonNode.Parse(stream)!;
        var gains = vectors["cases"]![0]!["rules"]![0]!["gradients"]![1]!["gain"]!.AsArray();
        gains[0] = (gains[0]!.GetValue<double>() * 1.0001) + 1e-6;
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch["v.json"], vectors.ToJsonString());

        var failed = Assert.Single(Verifier.Verify([scratch["v.json"]]), r => !r.Passed);
        Assert.Equal(("bp", "float64", 2), (failed.Rule, failed.Way, failed.Layer));
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("0")]
    [InlineData("\"two\"")]
    public void A_gain_that_cannot_be_is_one_line(string gain)
    {
        using var stream = typeof(Verifier).Assembly.GetManifestResourceStream("GaitProp.Verification.Vectors.gain.json")!;
        var vectors = JsonNode.Parse(stream)!;
        vectors["cases"]![0]!["layers"]![1]!["gain"] = JsonNode.Parse(gain);
        using var scratch = new ScratchFolder();
        var file = scratch["gains.json"];
        File.WriteAllText(file, vectors.ToJsonString());

        var error = Assert.Throws<GaitPropException>(() => Verifier.Verify([file]).ToArray()).Message;

        Assert.Contains("gains.json", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void The_targets_in_the_vectors_are_the_literal_targets()
    {
        using var scope = NewDisposeScope();
        var compared = 0;
        foreach (var reference in ReferenceFile.Embedded().Where(f => f.File != "hard.json").SelectMany(f => f.Cases))
        {
            using var network = reference.BuildNetwork(ScalarType.Float64);
            var trace = network.Forward(reference.Input);
            foreach (var expected in reference.Rules.Where(r => r.Rule is "gait" or "ngait" && r.Targets is not null))
            {
                TargetOptions options =
                    expected.Rule == "gait"
                        ? new GaitOptions { Gamma = expected.Gamma!.Value }
                        : new NormalisedGaitOptions { Eta = expected.Eta!.Value };
                using var rule = (TargetRule)
                    RuleCatalog.Create(expected.Rule, options with { Form = TargetForm.Literal, TargetStep = reference.TargetStep });
                var targets = rule.Targets(network, trace, reference.Loss(trace.Output).Gradient);
                for (var l = 0; l < targets.Count; l++)
                {
                    // Both are t - a with the rounding of t: a few units in its last place, more where an inverse image adds up many terms.
                    var difference = (trace.Activations[l] + targets[l].Displacement - expected.Targets![l]).abs().max().item<double>();
                    Assert.InRange(difference, 0, 1e-12);
                    compared++;
                }
            }
        }

        Assert.InRange(compared, 10, int.MaxValue);
    }

    [Theory]
    [InlineData("fc.json")]
    [InlineData("conv.json")]
    public void A_vector_that_is_off_by_a_thousandth_is_found_in_every_rule(string file)
    {
        using var folder = new ScratchFolder();
        var rules = Parse(file)["cases"]![0]!["rules"]!.AsArray().Count;
        for (var rule = 0; rule < rules; rule++)
        {
            var json = Parse(file);
            var cases = json["cases"]!.AsArray();
            while (cases.Count > 1)
            {
                cases.RemoveAt(1);
            }

            var broken = cases[0]!["rules"]![rule]!;
            foreach (var row in broken["gradients"]![0]!["weight"]!.AsArray())
            {
                row![0] = 1e-3 + (row[0]!.GetValue<double>() * 1.01);
            }

            File.WriteAllText(folder["broken.json"], json.ToJsonString());

            var results = Verifier.Verify([folder["broken.json"]]).ToArray();

            Assert.Contains(results, r => !r.Passed && r.Layer == 1);
            var failed = results.Where(r => !r.Passed).Select(r => r.Rule).Distinct();
            Assert.Single(failed);
        }
    }

    [Fact]
    public void An_activation_that_is_off_is_found()
    {
        using var folder = new ScratchFolder();
        var json = Parse("fc.json");
        json["cases"]![0]!["activations"]![0]![0]![0] = 3.5;
        File.WriteAllText(folder["broken.json"], json.ToJsonString());

        Assert.False(Verifier.Verify([folder["broken.json"]]).First(r => r.Rule == "forward").Passed);
    }

    [Fact]
    public void A_case_whose_parts_do_not_fit_together_is_refused_in_one_line_by_file_case_and_what_is_wrong()
    {
        using var folder = new ScratchFolder();
        var changes = new (Action<JsonObject> Change, string Message)[]
        {
            (c => c["activations"]!.AsArray().RemoveAt(2), "the activations are 2; the network has 3 layers."),
            (c => c["rules"]![1]!["gradients"]!.AsArray().RemoveAt(2), "the gradients of gait are 2; the network has 3 layers."),
            (
                c => c["rules"]![1]!["anglesToBackprop"]!.AsArray().RemoveAt(2),
                "the anglesToBackprop of gait are 2; the network has 3 layers."
            ),
            (c => c["rules"] = new JsonArray(), "it names no rule."),
            (c => c["layers"] = new JsonArray(), "the network has no layers."),
            (c => c["input"] = new JsonArray(), "an input of shape 0 is no batch of vectors or images."),
            (c => c["input"]![0]!.AsArray().RemoveAt(0), "lists that stand side by side differ in length"),
            (c => c["input"]![0]![0] = "NaN", "it is not of the format gaitprop-vectors/1"),
            (c => c["input"]![0]![0] = JsonNode.Parse("1e999"), "a number is not finite"),
            (c => c.Remove("loss"), "the field 'loss' is missing"),
            (c => c["loss"]!["kind"] = "hinge", "the loss 'hinge' is not known"),
            (c => c["loss"]!["target"]!.AsArray().RemoveAt(0), "the loss has a target of shape 4 x 4; 5 x 4 was expected."),
            (c => c["loss"]!["targetStep"] = 0, "a targetStep of 0 is not possible; it must be above 0."),
            (
                c => c["loss"] = JsonNode.Parse("""{"kind": "cross-entropy-sum", "labels": [0, 1, 4, 0, 1]}"""),
                "a label is outside of 0 to 3, the outputs of the network."
            ),
            (
                c => c["loss"] = JsonNode.Parse("""{"kind": "cross-entropy-sum", "labels": [0, 1]}"""),
                "the loss has labels of shape 2; 5 was expected."
            ),
            (c => c["layers"]![1]!["keep"] = 13, "layer 2: keep 13 of 12 outputs is not possible"),
            (c => c["layers"]![1]!["slope"] = 0, "layer 2: a leaky ReLU of slope 0 has no inverse"),
            (c => c["layers"]![1]!["bias"]!.AsArray().RemoveAt(0), "layer 2: a weight of 12 x 12 and a bias of 11"),
            (c => c["layers"]![0]!["keep"] = 11, "layer 2: "),
            (
                c => c["layers"]![1] = JsonNode.Parse("""{ "kind": "maxpol 2" }"""),
                ", layer 2: unknown kind of layer 'maxpol'. Did you mean 'maxpool'? Choose from "
            ),
            (
                c => c["layers"]![1] = JsonNode.Parse("""{ "kind": "maxpool 0" }"""),
                ", layer 2: the layer 'maxpool 0' is not possible: side must be 1 or more."
            ),
        };
        foreach (var (change, message) in changes)
        {
            var json = Parse("fc.json");
            change(json["cases"]![0]!.AsObject());
            File.WriteAllText(folder["v.json"], json.ToJsonString());

            var e = Assert.Throws<GaitPropException>(() => Verifier.Verify([folder["v.json"]]).ToArray());
            Assert.StartsWith($"{folder["v.json"]}, case 1", e.Message, StringComparison.Ordinal);
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_computed_names_its_case()
    {
        using var folder = new ScratchFolder();
        var json = Parse("fc.json");
        json["cases"]![0]!["rules"]![1]!["gamma"] = 0;
        File.WriteAllText(folder["v.json"], json.ToJsonString());

        Assert.Equal(
            "fc-square-12x12x12x12-seed3: gamma 0 is not possible: it must be above 0 and at most 1.",
            Assert.Throws<GaitPropException>(() => Verifier.Verify([folder["v.json"]]).ToArray()).Message
        );
    }

    [Fact]
    public void An_angle_that_the_updates_do_not_have_is_found()
    {
        using var folder = new ScratchFolder();
        var json = Parse("fc.json");
        json["cases"]![1]!["rules"]![1]!["anglesToBackprop"]![0] = 12.1;
        File.WriteAllText(folder["v.json"], json.ToJsonString());

        var failed = Assert.Single(Verifier.Verify([folder["v.json"]]), r => !r.Passed);
        Assert.Equal(("fc-square-10x10x10-seed7", "gait", "literal angles", 1), (failed.Case, failed.Rule, failed.Way, failed.Layer));
    }

    [Theory]
    [InlineData("{}", "is not a gaitprop-vectors/1 file")]
    [InlineData("nonsense", "is not a gaitprop-vectors/1 file")]
    [InlineData("[]", "is not a gaitprop-vectors/1 file")]
    [InlineData("""{"schema": "gaitprop-vectors/1", "cases": []}""", "has no cases: there is nothing to check.")]
    [InlineData("""{"schema": "gaitprop-vectors/2", "cases": []}""", "the schema is 'gaitprop-vectors/2', not 'gaitprop-vectors/1'.")]
    public void What_is_not_a_file_of_vectors_is_refused_by_name(string content, string message)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["v.json"], content);

        var e = Assert.Throws<GaitPropException>(() => Verifier.Verify([folder["v.json"]]).ToArray());
        Assert.Contains(folder["v.json"], e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_named()
    {
        var e = Assert.Throws<GaitPropException>(() => Verifier.Verify(["/nowhere/v.json"]).ToArray());
        Assert.StartsWith("cannot read the vectors /nowhere/v.json", e.Message, StringComparison.Ordinal);
    }

    private static JsonNode Parse(string file)
    {
        using var stream = typeof(Verifier).Assembly.GetManifestResourceStream($"GaitProp.Verification.Vectors.{file}")!;
        return JsonNode.Parse(stream)!;
    }
}
