using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Tests.Outputs;

public sealed class CutTextTests
{
    [Theory]
    [InlineData("", 3, "")]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("ab😀", 3, "ab")]
    [InlineData("ab😀", 4, "ab😀")]
    [InlineData("a😀b", 3, "a😀")]
    [InlineData("😀", 1, "")]
    public void No_letter_is_halved(string text, int most, string start) => Assert.Equal(start, CutText.Start(text, most));
}
