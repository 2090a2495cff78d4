using System.Text;

namespace GaitProp.Tests.Runtime;

/// <summary>The header, byte for byte as the format has it (NEP 1, version 1.0).</summary>
public sealed class NpyHeaderTests
{
    [Theory]
    [InlineData("<i8", new long[0], 128, "{'descr': '<i8', 'fortran_order': False, 'shape': (), }")]
    [InlineData("|u1", new long[] { 5 }, 128, "{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }")]
    [InlineData("<f8", new long[] { 2, 3 }, 128, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }")]
    [InlineData("|u1", new long[] { 65536, 3, 224, 224 }, 128, "{'descr': '|u1', 'fortran_order': False, 'shape': (65536, 3, 224, 224), }")]
    [InlineData(
        "<c16",
        new long[] { 1000000, 1000000, 1000000, 1000000, 1000000, 1000000 },
        128,
        "{'descr': '<c16', 'fortran_order': False, 'shape': (1000000, 1000000, 1000000, 1000000, 1000000, 1000000), }"
    )]
    public void It_says_type_and_shape_and_ends_at_a_multiple_of_64_bytes(string type, long[] shape, int length, string text)
    {
        var header = NpyHeader.Of(type, shape, least: 128);

        byte[] expected =
        [
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            (byte)(length - 10),
            0,
            .. Encoding.ASCII.GetBytes(text.PadRight(length - 11)),
            (byte)'\n',
        ];
        Assert.Equal(expected, header);
    }

    [Theory]
    [InlineData(1, 128)]
    [InlineData(20, 192)]
    public void It_is_as_long_as_it_needs_to_be(int axes, int length) =>
        Assert.Equal(length, NpyHeader.Of("|u1", Enumerable.Repeat(1000L, axes).ToArray()).Length);
}
