using GaitProp.Kernel.Tests.Docs;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>
/// A console project of its own, which references the package of the library and nothing else of this repository: the rule, the layer and
/// the data set of <c>docs/architecture.md</c>, word for word, and the layers of the library's tests.
/// </summary>
[Collection(Packed.Name)]
[Trait("Size", "Exhaustive")]
public sealed class OutsideTests(PackedPackages packed)
{
    private const string Program = """
        using GaitProp;
        using TorchSharp;
        using static TorchSharp.torch;

        REGISTRATIONS
        var plan = NetworkDefinition.Parse("outside", [3, 8, 8], "conv 3,2,12, maxpool 2, rotation 40, dense 16, dense 10");
        using var network = Network.Build(plan, AuxiliaryUnits.Implicit, seed: 1);
        var (images, labels) = (rand(16, 3, 8, 8), arange(10, ScalarType.Int64).repeat(2).narrow(0, 0, 16));
        using var reference = network.To(ScalarType.Float64);
        var exact = reference.Forward(images.to(ScalarType.Float64));
        var bp = RuleCatalog.Create("bp").Update(reference, exact, Loss.CrossEntropySum(exact.Output, labels).Gradient);
        var trace = network.Forward(images);
        var ngait = RuleCatalog.Create("ngait").Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);
        var worst = network.Layers.Select((layer, l) => UpdateAngle.Degrees(layer, ngait[l], bp[l])).Max();
        Console.WriteLine(worst < 0.05 ? "angles below 0.05 degrees" : $"angles of {worst} degrees");

        LayerCatalog.Register<TwofoldDefinition>();
        using var two = Network.Build(NetworkDefinition.Parse("two", [3, 8, 8], "dense 16, twofold, dense 10"), AuxiliaryUnits.Implicit, seed: 1);
        var seenByTwo = two.Forward(images);
        var error = Loss.CrossEntropySum(seenByTwo.Output, labels).Gradient;
        var (inverted, transposed) = (RuleCatalog.Create("ngait").Update(two, seenByTwo, error), RuleCatalog.Create("bp").Update(two, seenByTwo, error));
        var below = UpdateAngle.Degrees(two.Layers[0], inverted[0], transposed[0]);
        Console.WriteLine(below < 0.05 ? "two weights are inverted" : $"an angle of {below} degrees below two weights");

        using var rule = RuleCatalog.Create("signs");
        using var adam = Optimizer.Of(network, new OptimizerOptions { LearningRate = 3e-3 });
        var before = Loss.CrossEntropySum(trace.Output, labels).Value.ToDouble();
        for (var step = 0; step < 100; step++)
        {
            using var scope = NewDisposeScope();
            var seen = network.Forward(images);
            adam.Step([.. rule.Update(network, seen, Loss.CrossEntropySum(seen.Output, labels).Gradient).SelectMany(u => u.Trained)]);
        }

        var after = Loss.CrossEntropySum(network.Predict(images), labels).Value.ToDouble();
        Console.WriteLine(after < before / 2 ? "it learns" : $"the loss went from {before} to {after}");

        File.WriteAllBytes("stripes.bin", [.. Enumerable.Range(0, 12).SelectMany(i => Enumerable.Range(0, 65).Select(p => (byte)(p == 0 ? i % 2 : (i % 2 == 0 ? p / 8 : p) % 2 * 255)))]);
        var stripes = DataSets.Find("stripes").Open(".").Data;
        foreach (var (batch, classes) in stripes.Train.Batches(10, seed: 1))
        {
            Console.WriteLine($"{stripes.Train.Count} images of stripes, a batch of {string.Join(" x ", batch.shape)}, {classes.sum().item<long>()} standing");
        }
        """;

    [Fact]
    public void A_layer_a_rule_and_a_data_set_written_outside_work_like_the_kits_own()
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-outside-").FullName;
        try
        {
            File.WriteAllText(
                Path.Combine(folder, "outside.csproj"),
                $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <RestoreAdditionalProjectSources>{packed.Feed}</RestoreAdditionalProjectSources>
                    <UseAppHost>false</UseAppHost>
                    <RuntimeIdentifier>{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
                    <SelfContained>false</SelfContained>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="GaitProp.Core" Version="{PackedPackages.Version}" />
                  </ItemGroup>
                </Project>
                """
            );
            File.WriteAllText(Path.Combine(folder, "Program.cs"), WithTheRecipes());

            var (exit, output) = PackedPackages.Run(folder, "build", "-c", "Release", "-nodeReuse:false", "-o", "out");
            Assert.True(exit == 0, output);
            (exit, output) = PackedPackages.Run(folder, Path.Combine("out", "outside.dll"));
            Assert.True(exit == 0, output);
            Assert.Equal(
                [
                    "angles below 0.05 degrees",
                    "two weights are inverted",
                    "it learns",
                    "10 images of stripes, a batch of 10 x 1 x 8 x 8, 5 standing",
                ],
                output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^4..]
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The program, with what each recipe registers and declares.</summary>
    private static string WithTheRecipes()
    {
        var recipes = DocumentedCode.Of("docs/architecture.md").Take(3).Select(code => code.Split('\n', 2)).ToArray();
        return string.Join(
            '\n',
            [
                Program.Replace("REGISTRATIONS", string.Concat(recipes.Select(r => r[0])), StringComparison.Ordinal),
                .. recipes.Select(r => r[1]),
                CopiedCodeTests.OwnLayers(),
            ]
        );
    }
}
