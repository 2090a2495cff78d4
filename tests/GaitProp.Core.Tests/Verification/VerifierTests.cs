using System.Text.Json.Nodes;
using GaitProp.Rules;
using GaitProp.Rules.Gait;
using GaitProp.Rules.NormalisedGait;
using GaitProp.Rules.Targets;
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
    public void The_targets_in_the_vectors_are_the_literal_targets()
    {
        using var scope = NewDisposeScope();
        var compared = 0;
        foreach (var reference in ReferenceFile.Embedded().SelectMany(f => f.Cases))
        {
            using var network = reference.BuildNetwork(ScalarType.Float64);
            var trace = network.Forward(reference.Input);
            foreach (var expected in reference.Rules.Where(r => r.Rule is "gait" or "ngait" && r.Targets is not null))
            {
                TargetOptions options = expected.Rule == "gait" ? new GaitOptions { Gamma = expected.Gamma!.Value } : new NormalisedGaitOptions { Eta = expected.Eta!.Value };
                using var rule = (TargetRule)RuleCatalog.Create(expected.Rule, options with { Form = TargetForm.Literal, TargetStep = reference.TargetStep });
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

    [Theory]
    [InlineData("{}", "is not a gaitprop-vectors/1 file")]
    [InlineData("nonsense", "is not a gaitprop-vectors/1 file")]
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
