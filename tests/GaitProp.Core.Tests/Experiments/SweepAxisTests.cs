using System.Text.RegularExpressions;
using GaitProp.Experiments;

namespace GaitProp.Tests.Experiments;

public sealed class SweepAxisTests
{
    [Theory]
    [InlineData("orthogonality.lambda=1,10,100", "1 10 100")]
    [InlineData("optimizer.lr=log(1e-5..1e-3,5)", "1e-05 3.16228e-05 0.0001 0.000316228 0.001")]
    [InlineData("optimizer.lr=log(1e-3..1e-5,3)", "0.001 0.0001 1e-05")]
    [InlineData("ruleOptions.eta=1e-3..1e-6", "0.001 0.0001 1e-05 1e-06")]
    [InlineData("ruleOptions.eta=3E-7..3e-5,0", "3e-07 3e-06 3e-05 0")]
    [InlineData("a.b=linear(0..1,5)", "0 0.25 0.5 0.75 1")]
    [InlineData("batchSize=16,1..3", "16 1 2 3")]
    [InlineData("optimizer.lr=1e-4, 1E-3 ,0.01", "0.0001 0.001 0.01")]
    [InlineData("ruleOptions.inverse=folded(32),exact", "folded(32) exact")]
    [InlineData("tf32=true,false", "true false")]
    [InlineData(
        "network=[\"dense 32\",\"dense 10\"],\"conv 3x3/2 48, dense 10\"",
        "[\"dense 32\",\"dense 10\"] \"conv 3x3/2 48, dense 10\""
    )]
    public void Words_are_a_field_and_its_values(string words, string values)
    {
        var axis = SweepAxis.Parse("--over", words);
        Assert.Equal(words.Split('=')[0], axis.Field);
        Assert.Equal(values, string.Join(' ', axis.Values));
        Assert.Equal(axis.Values, SweepAxis.Parse("--over", axis.ToString()).Values);
    }

    /// <summary>A file may list values that have commas; the command line of another process says the same two.</summary>
    [Fact]
    public void Values_with_commas_of_their_own_stay_whole_on_a_command_line()
    {
        string[] networks = ["dense 12, dense 10", "dense 20, dense 10"];
        var axis = new SweepAxis("network", networks);

        var read = SweepAxis.Parse("--over", axis.ToString());

        Assert.Equal(2, read.Values.Count);
        Assert.Equal(networks.Select(n => Network($"network={n}")), read.Values.Select(v => Network(read.With(v))));

        static string Network(string set) =>
            ExperimentDocument.Open("synthetic-shallow").Resolve("bp", new ExperimentChoices { Set = [set] }).Network.ToString();
    }

    [Fact]
    public void A_logarithmic_range_has_equal_ratios_and_its_ends_to_the_bit()
    {
        var values = SweepAxis
            .Parse("--over", "optimizer.lr=log(2e-7..3e-2,9)")
            .Values.Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();
        Assert.Equal((2e-7, 3e-2, 9), (values[0], values[^1], values.Length));
        Assert.All(values.Zip(values.Skip(1)), p => Assert.Equal(Math.Pow(1.5e5, 1 / 8.0), p.Second / p.First, 1e-4));
    }

    [Theory]
    [InlineData("optimizer.lr", "write a field, '=' and its values")]
    [InlineData("=1", "write a field")]
    [InlineData("optimizer.lr=", "it has no value")]
    [InlineData("optimizer.lr=1,,2", "one of its values is empty")]
    [InlineData("epochs=5..1", "the range 5..1 is empty")]
    [InlineData("optimizer.lr=0.1..0.5", "0.1..0.5 is no range of whole numbers")]
    [InlineData("optimizer.lr=log(0..1,5)", "log takes two different numbers above 0")]
    [InlineData("optimizer.lr=log(1..10,1)", "how many values, at least 2")]
    [InlineData("optimizer.lr=linear(1..1,3)", "linear takes two different numbers and")]
    [InlineData("optimizer.lr=log(1..10,1000000)", "more than 10000 values")]
    [InlineData("seed=1..2000000000", "more than 10000 values")]
    [InlineData("optimizer.lr=1e-3,0.001", "the value 0.001 stands there twice")]
    public void Others_are_one_line(string words, string said)
    {
        var error = Assert.Throws<GaitPropException>(() => SweepAxis.Parse("--over", words)).Message;
        Assert.StartsWith($"--over {words} is not possible: ", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("optimizer.lr=log(0..1,5)")]
    [InlineData("optimizer.lr=0.1..0.5")]
    [InlineData("optimizer.lr=")]
    public void Advice_is_taken_by_a_shell_as_it_stands(string words)
    {
        var error = Assert.Throws<GaitPropException>(() => SweepAxis.Parse("--over", words)).Message;
        var advice = Regex.Match(error, "--over \"[^\"]*log[^\"]*\"").Value;

        Assert.Equal(["--over", "optimizer.lr=log(1e-5..1e-3,5)"], ShellWords.Of(advice));
    }
}
