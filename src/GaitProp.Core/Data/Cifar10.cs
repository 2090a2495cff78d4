using System.Diagnostics.CodeAnalysis;
using GaitProp.Runtime;

namespace GaitProp.Data;

/// <summary>
/// CIFAR-10 in its official binary layout: six files of 10,000 records. A record is the label (one byte, 0-9) and 3072 pixel bytes:
/// 1024 red, 1024 green, 1024 blue, each 32 rows of 32.
/// </summary>
public static class Cifar10
{
    /// <summary>The name of the set.</summary>
    public const string Name = "CIFAR-10";

    /// <summary>The folder inside the official archive, and the name under which the set is looked for.</summary>
    public const string FolderName = "cifar-10-batches-bin";

    /// <summary>The optional file with the names of the classes, one a line.</summary>
    public const string ClassNamesFile = "batches.meta.txt";

    /// <summary>Colour channels of an image: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 32;

    /// <summary>Pixel bytes of an image: channels x rows x columns.</summary>
    public const int BytesPerImage = Channels * Side * Side;

    /// <summary>Bytes of a record: the label and the pixels.</summary>
    public const int BytesPerRecord = 1 + BytesPerImage;

    private const int RecordsPerRead = 256;

    /// <summary>The six files with their md5 sums: the training files in order, then the test file.</summary>
    public static IReadOnlyList<Cifar10File> Files => Cifar10Layout.Official.Files;

    /// <summary>The ten names of the classes, by class number.</summary>
    public static IReadOnlyList<string> OfficialClassNames { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads the set and checks the size of every file and every label, but not the md5 sums.</summary>
    /// <param name="folder">The folder with the six files, or a folder that contains it under the name <see cref="FolderName"/>.</param>
    /// <returns>50,000 training and 10,000 test images, <c>[count, 3, 32, 32]</c>.</returns>
    /// <exception cref="GaitPropException">A file is missing, has the wrong size, cannot be read, or has a label outside 0-9.</exception>
    public static ImageDataset Read(string folder) => Read(folder, Cifar10Layout.Official);

    /// <summary>Checks the size, the labels and the md5 sum of every file.</summary>
    /// <param name="folder">The folder with the six files, or a folder that contains it under the name <see cref="FolderName"/>.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="GaitPropException">A file is missing or differs from the official one; the message names the first.</exception>
    public static void Verify(string folder, CancellationToken cancellationToken = default) =>
        Verify(folder, Cifar10Layout.Official, cancellationToken);

    /// <summary>Looks for the set in a folder: first under the name <see cref="FolderName"/>, then in the folder itself.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <returns>
    /// The full path of the folder in which at least one of the six files lies, whole or not, or null. <see cref="Read(string)"/> tells
    /// what is wrong with a set that is not whole.
    /// </returns>
    public static string? FindIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Array.Find([Path.Combine(full, FolderName), full], HoldsAnyFile);
    }

    internal static ImageDataset Read(string folder, Cifar10Layout layout)
    {
        folder = RequireSet(folder);
        CheckLengths(folder, layout);
        return new ImageDataset(
            Name,
            folder,
            ReadClassNames(folder),
            ReadSplit(folder, layout.Train, layout.RecordsPerFile),
            ReadSplit(folder, [layout.Test], layout.RecordsPerFile),
            IsEmbedded: false);
    }

    internal static void Verify(string folder, Cifar10Layout layout, CancellationToken cancellationToken)
    {
        folder = RequireSet(folder);
        CheckLengths(folder, layout);
        foreach (var file in layout.Files)
        {
            var path = Path.Combine(folder, file.Name);
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                Cifar10Check.Run(stream, file, layout, path, CureFor(folder), onBytes: null, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(path, e);
            }
        }
    }

    /// <summary>What to do about a damaged set: the command that puts a whole one where this one was found.</summary>
    internal static string CureFor(string folder)
    {
        const string Command = "dotnet run data-scripts/cifar10.cs";
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetFileName(full) == FolderName)
            full = Path.GetDirectoryName(full) ?? full;

        var to = full == Path.Combine(UserCache.Root, "data") ? ""
            : full.Contains(' ', StringComparison.Ordinal) ? $" -- --to \"{full}\""
            : $" -- --to {full}";
        return $"'{Command}{to}'";
    }

    private static bool HoldsAnyFile(string folder) => Files.Any(file => File.Exists(Path.Combine(folder, file.Name)));

    private static string RequireSet(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (FindIn(folder) is { } found) return found;
        var state = Directory.Exists(folder) ? $"holds none of the files of {Name} (data_batch_1.bin and so on)"
            : File.Exists(folder) ? $"is a file, not a folder with {Name}"
            : "does not exist";
        throw new GaitPropException($"{folder} {state}: fetch the set with {CureFor(folder)}.");
    }

    private static void CheckLengths(string folder, Cifar10Layout layout)
    {
        foreach (var file in layout.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) throw new GaitPropException($"{path} is missing: fetch the set again with {CureFor(folder)}.");
            var length = LengthOf(path);
            if (length != layout.FileLength)
            {
                throw new GaitPropException($"{path} is {ByteCount.Exact(length)}, not {ByteCount.Digits(layout.FileLength)}: "
                    + $"it is {(length < layout.FileLength ? "truncated" : "too long")}; fetch the set again with {CureFor(folder)}.");
            }
        }
    }

    // FileInfo.Length would be that of the link where the file is a symbolic link.
    private static long LengthOf(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            return RandomAccess.GetLength(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    private static ImageSplit ReadSplit(string folder, IReadOnlyList<Cifar10File> files, int recordsPerFile)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(files.Count * recordsPerFile * BytesPerImage);
        var labels = GC.AllocateUninitializedArray<byte>(files.Count * recordsPerFile);
        for (var i = 0; i < files.Count; i++)
        {
            ReadFile(
                Path.Combine(folder, files[i].Name),
                pixels.AsSpan(i * recordsPerFile * BytesPerImage, recordsPerFile * BytesPerImage),
                labels.AsSpan(i * recordsPerFile, recordsPerFile));
        }

        return new ImageSplit(pixels, labels, Channels, Side, Side);
    }

    private static void ReadFile(string path, Span<byte> pixels, Span<byte> labels)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(RecordsPerRead * BytesPerRecord);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            for (var done = 0; done < labels.Length;)
            {
                var count = Math.Min(RecordsPerRead, labels.Length - done);
                stream.ReadExactly(buffer, 0, count * BytesPerRecord);
                for (var i = 0; i < count; i++, done++)
                {
                    var record = buffer.AsSpan(i * BytesPerRecord, BytesPerRecord);
                    if (record[0] >= OfficialClassNames.Count) ThrowBadLabel(path, done, labels.Length, record[0]);
                    labels[done] = record[0];
                    record[1..].CopyTo(pixels.Slice(done * BytesPerImage, BytesPerImage));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    private static IReadOnlyList<string> ReadClassNames(string folder)
    {
        var path = Path.Combine(folder, ClassNamesFile);
        if (!File.Exists(path)) return OfficialClassNames;
        string[] names;
        try
        {
            names = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }

        return names.Length == OfficialClassNames.Count ? names : throw new GaitPropException(
            $"{path} has {ByteCount.Digits(names.Length)} class names, not {OfficialClassNames.Count}: "
            + "delete it, and the official names are used.");
    }

    [DoesNotReturn]
    private static void ThrowBadLabel(string path, int record, int records, byte label) =>
        throw new GaitPropException(Cifar10Check.BadLabel(path, record, records, label, CureFor(Path.GetDirectoryName(path)!)));

    private static GaitPropException Unreadable(string path, Exception cause) => new(
        $"{path} cannot be read ({OneLine.Of(cause)}): check its permissions and the disk, or fetch the set again with "
        + $"{CureFor(Path.GetDirectoryName(path)!)}.",
        cause);
}
