using System.Text;

namespace GaitProp.Kernel.Tests.Fuzz;

/// <summary>Damages bytes as disks, transfers and enemies do. Everything comes from one seed.</summary>
internal static class Damage
{
    /// <summary>Words that have upset readers: numbers at the ends of their types, nothing, wrong kinds, nesting, no text.</summary>
    private static readonly string[] Words =
    [
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "-1",
        "0",
        "1e999",
        "-0.0",
        "2147483648",
        "9223372036854775807",
        "18446744073709551616",
        "1.5",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
        "\u001b[2J",
        "../../x",
        "{\"a\":1,\"a\":2}",
        "NaN",
        "%s%n",
        "\0",
        "\r\n",
        "99999999999999999999",
    ];

    /// <summary>A damaged copy.</summary>
    /// <param name="whole">The bytes.</param>
    /// <param name="random">Draws the damage.</param>
    /// <param name="other">Other bytes of the kind, to be mixed in.</param>
    public static byte[] Of(byte[] whole, Random random, byte[] other)
    {
        var bytes = whole.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 1 << random.Next(1, 10)), bytes.Count - at);
            switch (random.Next(9))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                    break;
                case 6 when other.Length > 0:
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(length + 1, other.Length - from)).ToArray());
                    break;
                case 7:
                    ReplaceValue(bytes, random);
                    break;
                default:
                    for (var i = at; i < at + Math.Min(length, 8); i++)
                    {
                        bytes[i] = random.Next(2) == 0 ? (byte)0xff : (byte)0;
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>In place of a JSON value stands another: what is well-formed gets further than what is not.</summary>
    private static void ReplaceValue(List<byte> bytes, Random random)
    {
        var colons = bytes.Index().Where(b => b.Item is (byte)':' or (byte)',' or (byte)'[').Select(b => b.Index).ToArray();
        if (colons.Length == 0)
        {
            return;
        }

        var begin = colons[random.Next(colons.Length)] + 1;
        var end = begin;
        for (
            var quoted = false;
            end < bytes.Count && (quoted || bytes[end] is not ((byte)',' or (byte)'}' or (byte)']' or (byte)'\n'));
            end++
        )
        {
            quoted ^= bytes[end] == '"';
        }

        bytes.RemoveRange(begin, end - begin);
        bytes.InsertRange(begin, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
    }
}
