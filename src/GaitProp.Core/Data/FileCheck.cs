using System.Security.Cryptography;

namespace GaitProp.Data;

/// <summary>Checks the bytes of one file against the published length, labels and md5 sum, in one pass.</summary>
internal static class FileCheck
{
    private const int BufferSize = 1 << 18;

    /// <summary>Reads the stream to its end and compares.</summary>
    /// <param name="stream">The bytes of the file.</param>
    /// <param name="file">The file that they should be.</param>
    /// <param name="records">What its records hold; <see langword="null"/> if it has none.</param>
    /// <param name="shownAs">What messages call the file.</param>
    /// <param name="cure">The command that fetches a whole set, in quotes.</param>
    /// <param name="onBytes">Gets every block of bytes before the verdict, such as for copying.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="GaitPropException">The bytes are not those of the official file.</exception>
    public static void Run(
        Stream stream,
        DataFile file,
        RecordLayout? records,
        string shownAs,
        string cure,
        Action<ReadOnlyMemory<byte>>? onBytes,
        CancellationToken cancellationToken
    )
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[BufferSize];
        var position = 0L;
        (long Record, int Label, byte Value)? bad = null;
        for (int count; (count = stream.Read(buffer)) > 0; position += count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (position + count > file.Length)
            {
                throw new GaitPropException(
                    $"{shownAs} is longer than {ByteCount.Exact(file.Length)}: "
                        + $"it is not the official file; fetch the set again with {cure}."
                );
            }

            md5.AppendData(buffer, 0, count);
            bad ??= records is null ? null : FirstBadLabel(buffer.AsSpan(0, count), position, records);
            onBytes?.Invoke(buffer.AsMemory(0, count));
        }

        if (position < file.Length)
        {
            throw new GaitPropException(
                $"{shownAs} is {ByteCount.Exact(position)}, not {ByteCount.Digits(file.Length)}: "
                    + $"it is truncated; fetch the set again with {cure}."
            );
        }

        if (bad is { } found)
        {
            throw BadLabel(shownAs, found.Record, file.Length / records!.Bytes, found.Value, records.Classes[found.Label], cure);
        }

        var sum = Convert.ToHexStringLower(md5.GetHashAndReset());
        if (file.Md5 is not null && sum != file.Md5)
        {
            throw new GaitPropException(
                $"{shownAs} has the md5 sum {sum}, not {file.Md5}: "
                    + $"its bytes are not those of the official file; fetch the set again with {cure}."
            );
        }
    }

    /// <summary>The error about a label that no class has.</summary>
    public static GaitPropException BadLabel(string path, long record, long records, byte label, int classes, string cure) =>
        new(
            $"{path}: record {ByteCount.Digits(record)} of {ByteCount.Digits(records)} (the first is record 0) has the label {label}, "
                + $"not 0 to {classes - 1}: the file is damaged; fetch the set again with {cure}."
        );

    private static (long Record, int Label, byte Value)? FirstBadLabel(ReadOnlySpan<byte> block, long position, RecordLayout records)
    {
        for (var record = position / records.Bytes; record * records.Bytes < position + block.Length; record++)
        {
            for (var label = 0; label < records.Classes.Count; label++)
            {
                // A record may begin in the block before.
                var at = (record * records.Bytes) + label - position;
                if (at >= 0 && at < block.Length && block[(int)at] >= records.Classes[label])
                {
                    return (record, label, block[(int)at]);
                }
            }
        }

        return null;
    }
}
