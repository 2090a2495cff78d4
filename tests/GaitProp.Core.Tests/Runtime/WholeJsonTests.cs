using System.Text;
using System.Text.Json;

namespace GaitProp.Tests.Runtime;

public sealed class WholeJsonTests
{
    [Theory]
    [InlineData("""{"a": ["\ud800"]}""")]
    [InlineData("""{"\ud800": 1}""")]
    [InlineData("""{"a": {"b": 1, "b": 2}}""")]
    [InlineData("""{"a": """)]
    public void What_cannot_be_read_later_is_refused_at_once(string json)
    {
        Assert.ThrowsAny<JsonException>(() => WholeJson.Parse(json));
        Assert.ThrowsAny<JsonException>(() => WholeJson.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void A_flipped_bit_in_a_text_is_no_other_text()
    {
        var bytes = """{"a": "word"}"""u8.ToArray();
        bytes[8] ^= 0x80;
        Assert.ThrowsAny<JsonException>(() => WholeJson.Parse(bytes));
    }

    [Fact]
    public void What_is_whole_is_read_and_null_too()
    {
        Assert.Equal("😀", (string?)WholeJson.Parse("""{"a": "\ud83d\ude00"}""")!["a"]);
        Assert.Null(WholeJson.Parse("null"));
    }
}
