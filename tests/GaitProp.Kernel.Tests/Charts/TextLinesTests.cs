using System.Text;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class TextLinesTests
{
    [Theory]
    [InlineData("ab😀cd😀ef 😀gh")]
    [InlineData("😀😀😀😀")]
    public void An_emoji_is_in_a_line_whole_or_not_at_all(string text)
    {
        for (var width = 1; width <= text.Length; width++)
        {
            Assert.All(
                TextLines.WrapAtMost(1, text, width, line => line.Length),
                line => Assert.Equal(line, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)))
            );
        }
    }
}
