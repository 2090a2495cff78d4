using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Runs;
using static TorchSharp.torch;

namespace GaitProp.Tests.Experiments;

/// <summary>What of an experiment is the user's own, and how its code counts. That cells are known again, the notebook's tests show.</summary>
public sealed class OwnPartsTests
{
    private static readonly RunData Images = new("set", "here", false, null, 10, 10, "sum");

    [Fact]
    public void What_the_kit_has_is_nobodys_own_and_has_no_code_in_its_identity()
    {
        foreach (var (experiment, rule) in (IEnumerable<(string, string)>)[("cifar-shallow", "ngait"), ("imagenet", "fa")])
        {
            var e = Presets.Experiment(experiment, rule, "fast");
            Assert.Empty(OwnParts.Of(e));
            Assert.Null(OwnParts.Code(e));
        }

        Assert.Empty(OwnParts.Of(Presets.Experiment("cifar-shallow", "bp", "fast") with { Network = "conv 3x3/2 8, mix, dense 10" }));
    }

    /// <summary>Runs of earlier versions are still known.</summary>
    [Fact]
    public void The_identity_of_what_the_kit_computes_is_that_of_earlier_versions()
    {
        var experiment = Presets.Experiment("cifar-deep", "fa", "paper");
        var text = $"{JsonSerializer.Serialize(experiment, ExperimentJson.Line)}\nsum";

        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32],
            RunIdentity.Of(experiment, Images, OwnParts.Code(experiment))
        );
    }

    [Fact]
    public void A_rule_of_ones_own_is_named_and_its_code_counts()
    {
        RuleCatalog.Register<Halving>();
        RuleCatalog.Register<Thirding>();
        var bp = Presets.Experiment("cifar-shallow", "bp", "fast");
        var (half, third) = (Own("own-halving"), Own("own-thirding"));

        Assert.Equal(["rule own-halving"], OwnParts.Of(half));
        Assert.Equal(OwnParts.Code(half), OwnParts.Code(Own("own-halving")));
        Assert.NotEqual(OwnParts.Code(half), OwnParts.Code(third));
        Assert.NotEqual(RunIdentity.Of(half, Images, OwnParts.Code(half)), RunIdentity.Of(half, Images, OwnParts.Code(third)));

        Experiment Own(string rule) => bp with { Rule = rule, RuleOptions = new NoOptions() };
    }

    /// <summary>Code of the author's that a rule calls is told of as far as it is called, in generic classes and lambdas too.</summary>
    [Fact]
    public void Code_that_is_called_counts_and_what_is_not_does_not()
    {
        Assert.Equal(CodeIdentity.Of([typeof(Caller)]), CodeIdentity.Of([typeof(Caller)]));
        string[] all =
        [
            .. (
                (Type[])
                    [typeof(Caller), typeof(OtherConstant), typeof(OtherWord), typeof(OtherField), typeof(ThroughGeneric), typeof(InLambda)]
            ).Select(t => CodeIdentity.Of([t])),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    /// <summary>In a program that is one file nothing has a place: what it brings along lies where programs load their libraries.</summary>
    [Fact]
    public void What_a_program_of_one_file_brings_along_is_nobodys_own()
    {
        var brought = AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(Library("own-parts-brought")));
        var compiled = Assembly.Load(Library("own-parts-compiled"));
        Assert.Equal(("", ""), (brought.Location, compiled.Location));

        Assert.False(OwnParts.IsCompiledHere(brought, inOneFile: true));
        Assert.True(OwnParts.IsCompiledHere(compiled, inOneFile: true));
        Assert.True(OwnParts.IsCompiledHere(brought, inOneFile: false));
        Assert.True(OwnParts.IsCompiledHere(compiled, inOneFile: false));
        Assert.False(OwnParts.IsCompiledHere(typeof(Assert).Assembly, inOneFile: false));
    }

    private static byte[] Library(string name)
    {
        var library = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        library.DefineDynamicModule(name).DefineType("Nothing").CreateType();
        using var stream = new MemoryStream();
        library.Save(stream);
        return stream.ToArray();
    }

    private static class Called
    {
        public static double One() => 1;

        public static double Two() => 2;
    }

    private static class Caller
    {
        public static double Value() => Called.One();
    }

    private static class OtherConstant
    {
        public static double Value() => Called.One() + 0.5;
    }

    private static class OtherWord
    {
        public static double Value() => Called.One() + "words".Length;
    }

    private static class OtherField
    {
        public const int Depth = 3;

        public static double Value() => Called.One();
    }

    private static class ThroughGeneric
    {
        public static double Value() => Enumerable.Empty<double>().Append(Called.Two()).Sum();
    }

    private static class InLambda
    {
        public static double Value() =>
            ((double[])[1]).Sum(v =>
                v switch
                {
                    > 3 => 1,
                    < -2 => 7,
                    0.5 => 4,
                    _ => Called.Two(),
                }
            );
    }

    private abstract class Scaled : DescentRule
    {
        public override bool NeedsSquareLayers => false;

        protected abstract double Factor { get; }

        protected override Inversion Below(LayerStep at, Tensor sent) => new(Factor * at.Layer.Feedback(sent, at.Input));
    }

    [Rule("own-halving", "halving")]
    private sealed class Halving : Scaled
    {
        protected override double Factor => 0.5;
    }

    [Rule("own-thirding", "thirding")]
    private sealed class Thirding : Scaled
    {
        protected override double Factor => 0.33;
    }
}
