using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Tests.Protocol;

public sealed class WireFormatTests
{
    private static readonly MessageSignature Signed = new("secret"u8.ToArray());
    private static readonly byte[] Parent = """{"msg_id":"p","odd":[1,2.50]}"""u8.ToArray();

    [Fact]
    public void The_signature_is_hmac_sha256_over_the_four_dictionaries()
    {
        // The second test case of RFC 4231, its data in four pieces.
        var signature = new MessageSignature("Jefe"u8.ToArray()).Sign("what do "u8, "ya want "u8, "for "u8, "nothing?"u8);
        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", Encoding.ASCII.GetString(signature));
    }

    [Fact]
    public void A_written_message_reads_back_and_buffers_behind_it_are_left_aside()
    {
        var message = WireFormat.Read(Frames(), Signed);
        Assert.Equal([1, 2], Assert.Single(message.Identities));
        Assert.Equal(("i", "execute_request", "p"), (message.Id, message.Type, message.ParentId));
        Assert.Equal("a\n𝛾<b>", message.Text("code"));
        Assert.True(message.Flag("silent", false));
    }

    [Fact]
    public void The_parent_travels_byte_for_byte() => Assert.Equal(Parent, Frames()[4]);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_change_of_any_signed_frame_or_of_the_signature_is_noticed(int frame)
    {
        var frames = Frames();
        frames[frame] = [.. frames[frame]];
        frames[frame][0] ^= 1;
        Assert.Contains(
            "signature",
            Assert.Throws<FormatException>(() => WireFormat.Read(frames, Signed)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// A kernel sends what a program prints, Python's names of files may be any bytes, and an editor may send half a character.
    /// </summary>
    [Fact]
    public void What_is_sent_is_mended_where_it_is_no_text()
    {
        byte[] content = [.. "{\"text\":\"a"u8, 0xff, .. @"b\ud83d""}"u8];
        byte[][] frames =
        [
            "<IDS|MSG>"u8.ToArray(),
            [],
            """{"msg_id":"i","msg_type":"stream"}"""u8.ToArray(),
            "{}"u8.ToArray(),
            "{}"u8.ToArray(),
            content,
        ];
        frames[1] = Signed.Sign(frames[2], frames[3], frames[4], frames[5]);

        Assert.Equal("a\ufffdb\ufffd", WireFormat.Read(frames, Signed).Text("text"));
    }

    [Theory]
    [InlineData(@"{""a"":""\ud83d""}", @"{""a"":""\ufffd""}")]
    [InlineData(@"{""a"":""\udc00x\ud83d\u0041""}", @"{""a"":""\ufffdx\ufffd\u0041""}")]
    [InlineData(@"{""a"":""\ud83d\ude00""}", @"{""a"":""\ud83d\ude00""}")]
    [InlineData(@"{""a"":""\\ud83d""}", @"{""a"":""\\ud83d""}")]
    [InlineData(@"{""a"":""\ud8", @"{""a"":""\ud8")]
    public void Halves_of_characters_are_replaced_and_pairs_and_backslashes_stay(string json, string whole) =>
        Assert.Equal(whole, WholeText.Of(json));

    [Fact]
    public void A_missing_signature_is_noticed()
    {
        var frames = Frames();
        frames[2] = [];
        Assert.Throws<FormatException>(() => WireFormat.Read(frames, Signed));
    }

    [Fact]
    public void Without_a_key_nothing_is_signed_and_all_is_accepted()
    {
        var unsigned = new MessageSignature([]);
        Assert.Empty(unsigned.Sign("a"u8, "b"u8, "c"u8, "d"u8));
        Assert.Equal("execute_request", WireFormat.Read(Frames(), unsigned).Type);
    }

    [Fact]
    public void What_is_no_message_is_refused_in_words()
    {
        var unsigned = new MessageSignature([]);
        byte[][] ofOther = ["hello"u8.ToArray()];
        Assert.Throws<FormatException>(() => WireFormat.Read(ofOther, unsigned));
        var frames = Frames();
        frames[6] = "[1]"u8.ToArray();
        Assert.Contains(
            "content",
            Assert.Throws<FormatException>(() => WireFormat.Read(frames, unsigned)).Message,
            StringComparison.Ordinal
        );
        frames[6] = [0xff, 0xfe];
        Assert.Contains(
            "content",
            Assert.Throws<FormatException>(() => WireFormat.Read(frames, unsigned)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Half_a_letter_does_not_break_the_json()
    {
        var bytes = WireFormat.Bytes(new JsonObject { ["text"] = "a\ud835b" });
        Assert.Equal("a\ufffdb", JsonNode.Parse(bytes)!["text"]!.GetValue<string>());
    }

    private static List<byte[]> Frames()
    {
        var header = new JsonObject { ["msg_id"] = "i", ["msg_type"] = "execute_request" };
        return
        [
            .. WireFormat.Write(
                [
                    [1, 2],
                ],
                Signed,
                header,
                Parent,
                null,
                new JsonObject { ["code"] = "a\n𝛾<b>", ["silent"] = true }
            ),
            [9, 9],
        ];
    }
}
