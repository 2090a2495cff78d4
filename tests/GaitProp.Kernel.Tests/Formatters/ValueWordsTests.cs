using GaitProp.Kernel.Formatters;

namespace GaitProp.Kernel.Tests.Formatters;

public sealed class ValueWordsTests
{
    [Theory]
    [InlineData("abcd", "abcd")]
    [InlineData("abcdefg", "abcdef…")]
    [InlineData("abcde😀", "abcde…")]
    public void Long_words_are_cut_between_letters(string words, string written)
    {
        var value = new { Words = words };
        Assert.Equal(written, ValueWords.Of(value.GetType().GetProperty("Words")!, value, 6));
    }
}
