using GaitProp.Kernel.CellCommands;
using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.Tests.CellCommands;

public sealed class MagicWordsTests
{
    private readonly RecordedVariables _variables = new();

    [Theory]
    [InlineData("", "")]
    [InlineData("  train \t cifar-shallow ", "train|cifar-shallow")]
    [InlineData("runs query \"rule == 'bp' and lambda > 1\"", "runs|query|rule == 'bp' and lambda > 1")]
    [InlineData("runs query 'rule == \"bp\"' --by rule", "runs|query|rule == \"bp\"|--by|rule")]
    [InlineData("--set network=\"dense 40, dense 10\"", "--set|network=dense 40, dense 10")]
    [InlineData("--set network='dense 40, dense 10'", "--set|network=dense 40, dense 10")]
    [InlineData("--as \"\"", "--as|")]
    [InlineData(@"--data C:\images\new", @"--data|C:\images\new")]
    [InlineData("--data /tmp/rock'n --to /tmp/\"half", "--data|/tmp/rock'n|--to|/tmp/\"half")]
    public void They_are_those_of_a_shell(string line, string words) =>
        Assert.Equal(words.Split('|', line.Length == 0 ? StringSplitOptions.RemoveEmptyEntries : default), MagicWords.Of(line, _variables));

    [Theory]
    [InlineData("--data {folder} --to next")]
    [InlineData("--data { folder } --to next")]
    [InlineData("--data \"{folder}\" --to next")]
    [InlineData("--data '{folder}' --to next")]
    public void A_value_stays_in_its_word_whatever_it_contains(string line)
    {
        _variables.Set("folder", "/my photos/'the \"best\" {ones}");

        Assert.Equal(["--data", "/my photos/'the \"best\" {ones}", "--to", "next"], MagicWords.Of(line, _variables));
    }

    [Fact]
    public void Several_stand_in_one_word()
    {
        _variables.Set("first", 1e-4);
        _variables.Set("second", 1);

        Assert.Equal(["--over", "optimizer.lr=0.0001,1"], MagicWords.Of("--over optimizer.lr={first},{second}", _variables));
    }

    [Fact]
    public void A_variable_that_is_not_there_or_is_empty_is_one_line()
    {
        _variables.Set("network", "");

        Assert.Contains(
            "unknown variable 'netwrok'. Did you mean 'network'?",
            Assert.Throws<CellException>(() => MagicWords.Of("model show {netwrok}", _variables)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the variable 'network' is empty",
            Assert.Throws<CellException>(() => MagicWords.Of("model show {network}", _variables)).Message,
            StringComparison.Ordinal
        );
    }
}
