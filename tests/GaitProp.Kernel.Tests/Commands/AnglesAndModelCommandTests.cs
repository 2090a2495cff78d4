namespace GaitProp.Kernel.Tests.Commands;

public sealed class AnglesAndModelCommandTests : IDisposable
{
    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Fact]
    public void Angles_prints_a_row_a_layer_and_saves_a_heat_map()
    {
        var finished = _gaitprop.Run("angles", "imagenet", "--batch", "2", "--rules", "bp,ngait", "--save", "angles.png");

        Assert.Equal(0, finished.ExitCode);
        Assert.Empty(finished.Error);
        Assert.Equal(8, finished.Output.Split('\n').Count(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^\d +\S+ +\S+$")));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_gaitprop["angles.png"])[..4]);
    }

    [Fact]
    public void Angles_with_gains_are_those_without()
    {
        var finished = _gaitprop.Run("angles", "imagenet", "--batch", "2", "--rules", "ngait", "--gain", "row", "--dtype", "float64", "--form", "limit", "--save", "angles.csv");

        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("random gains by row", finished.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^worst +(0|\d\.\de-\d+)$", finished.Output);
    }

    [Fact]
    public void Model_show_counts_gains()
    {
        var finished = _gaitprop.Run("model", "show", "cifar-shallow", "--rule", "bp", "--gain", "row");

        // 1024, 1024 and 10 of the layers above the first.
        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("2,058", finished.Output, StringComparison.Ordinal);
        Assert.Contains("gains", finished.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a depth of its own", "angles", "imagenet", "--depth", "3")]
    [InlineData("unknown inverse 'foo'", "angles", "imagenet", "--inverse", "foo")]
    [InlineData("unknown device 'gpu'", "angles", "imagenet", "--device", "gpu")]
    [InlineData("build with -p:Torch=cuda", "reproduce", "fig4", "--device", "cuda")]
    [InlineData("--size 50 is not possible", "angles", "imagenet", "--size", "50")]
    [InlineData("layer 8: the literal form", "angles", "imagenet", "--form", "literal", "--auxiliary", "implicit", "--rules", "ngait", "--batch", "2")]
    [InlineData("layer 8 (dense 1000)", "model", "show", "imagenet", "--size", "64")]
    public void What_cannot_be_measured_or_shown_is_one_line_and_exit_code_1(string expected, params string[] args)
    {
        var finished = _gaitprop.Run(args);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_show_lists_the_published_layers()
    {
        var finished = _gaitprop.Run("model", "show", "imagenet", "--rule", "bp");

        Assert.Equal(0, finished.ExitCode);
        foreach (var words in (string[])["conv 9x9/4 24", "192x4x4", "24x243", "1000x3072", "dense 1000"])
        {
            Assert.Contains(words, finished.Output, StringComparison.Ordinal);
        }
    }
}
