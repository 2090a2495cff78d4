namespace GaitProp.Tests.Runtime;

public sealed class CommandWordTests
{
    [Theory]
    [InlineData("runs/a-1", "runs/a-1")]
    [InlineData("", "\"\"")]
    [InlineData("my runs", "\"my runs\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("my$runs", "'my$runs'")]
    [InlineData("a `b` \"c\"!", "'a `b` \"c\"!'")]
    [InlineData("$it's", "'$it'\"'\"'s'")]
    public void A_shell_takes_a_word_as_it_stands(string word, string quoted)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && quoted.StartsWith('\''), "A shell of Windows takes no single quotes.");
        Assert.Equal(quoted, CommandWord.Quoted(word));
        if (OperatingSystem.IsLinux() && word.Length > 0)
        {
            Assert.Equal([word], ShellWords.Of(quoted));
        }
    }
}
