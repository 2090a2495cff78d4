using System.Security.Cryptography;

namespace GaitProp.Data;

/// <summary>Checks the bytes of one file against the official length, labels and md5 sum, in one pass.</summary>
internal static class Cifar10Check
{
    private const int BufferSize = 1 << 18;

    /// <summary>Reads the stream to its end and compares.</summary>
    /// <param name="stream">The bytes of the file.</param>
    /// <param name="file">The file that they should be.</param>
    /// <param name="layout">The set it belongs to.</param>
    /// <param name="shownAs">What messages call the file.</param>
    /// <param name="cure">The command that fetches a whole set, in quotes.</param>
    /// <param name="onBytes">Gets every block of bytes before the verdict, such as for copying.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="GaitPropException">The bytes are not those of the official file.</exception>
    public static void Run(
        Stream stream,
        Cifar10File file,
        Cifar10Layout layout,
        string shownAs,
        string cure,
        Action<ReadOnlyMemory<byte>>? onBytes,
        CancellationToken cancellationToken)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[BufferSize];
        var position = 0L;
        (int Record, byte Label)? bad = null;
        for (int count; (count = stream.Read(buffer)) > 0; position += count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (position + count > layout.FileLength)
            {
                throw new GaitPropException($"{shownAs} is longer than {ByteCount.Exact(layout.FileLength)}: "
                    + $"it is not the official file; fetch the set again with {cure}.");
            }

            md5.AppendData(buffer, 0, count);
            bad ??= FirstBadLabel(buffer.AsSpan(0, count), position);
            onBytes?.Invoke(buffer.AsMemory(0, count));
        }

        if (position < layout.FileLength)
        {
            throw new GaitPropException($"{shownAs} is {ByteCount.Exact(position)}, not {ByteCount.Digits(layout.FileLength)}: "
                + $"it is truncated; fetch the set again with {cure}.");
        }

        if (bad is { } found)
            throw new GaitPropException(BadLabel(shownAs, found.Record, layout.RecordsPerFile, found.Label, cure));

        var sum = Convert.ToHexStringLower(md5.GetHashAndReset());
        if (sum != file.Md5)
        {
            throw new GaitPropException($"{shownAs} has the md5 sum {sum}, not {file.Md5}: "
                + $"its bytes are not those of the official file; fetch the set again with {cure}.");
        }
    }

    /// <summary>The message about a label that no class has.</summary>
    public static string BadLabel(string path, int record, int records, byte label, string cure) =>
        $"{path}: record {ByteCount.Digits(record)} of {ByteCount.Digits(records)} (the first is record 0) has the label {label}, "
        + $"not 0 to 9: the file is damaged; fetch the set again with {cure}.";

    private static (int Record, byte Label)? FirstBadLabel(ReadOnlySpan<byte> block, long position)
    {
        // The first label in the block is at the next multiple of the record size.
        var first = (Cifar10.BytesPerRecord - (position % Cifar10.BytesPerRecord)) % Cifar10.BytesPerRecord;
        for (var at = first; at < block.Length; at += Cifar10.BytesPerRecord)
        {
            var label = block[(int)at];
            if (label >= Cifar10.OfficialClassNames.Count)
                return ((int)((position + at) / Cifar10.BytesPerRecord), label);
        }

        return null;
    }
}
