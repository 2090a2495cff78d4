namespace GaitProp.Data;

/// <summary>
/// A set in the binary layout of CIFAR: files of records, each the labels, a byte each, and 3072 pixel bytes: 1024 red, 1024 green, 1024
/// blue, each 32 rows of 32. The last file is the test part.
/// </summary>
internal abstract class CifarBinary : FolderDataSet
{
    private const int Channels = 3;
    private const int Side = 32;
    private const int RecordsPerRead = 256;

    private readonly DataRelease _release;
    private readonly RecordLayout _records;

    /// <summary>A set of some files.</summary>
    /// <param name="release">What is published.</param>
    /// <param name="classes">How many classes each label of a record tells apart; the last is the class.</param>
    protected CifarBinary(DataRelease release, params IReadOnlyList<int> classes)
    {
        _records = new RecordLayout(classes, Channels * Side * Side);
        _release = release with { Records = _records };
        Marks = [.. release.Files.Select(f => f.Name)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<long> Shape { get; } = [Channels, Side, Side];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; }

    /// <inheritdoc/>
    public abstract override IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    internal override DataRelease Release => _release;

    /// <summary>Reads the set and checks the size of every file and every label, but not the md5 sums.</summary>
    /// <param name="folder">The folder with the files, or a folder that contains it under its published name.</param>
    /// <returns>The training and the test images, <c>[count, 3, 32, 32]</c>.</returns>
    /// <exception cref="GaitPropException">A file is missing, has the wrong size, cannot be read, or has a label of no class.</exception>
    public override ImageDataset Read(string folder)
    {
        folder = Require(folder);
        CheckLengths(folder);
        return new ImageDataset(
            Title,
            folder,
            ReadClassNames(folder),
            ReadSplit(folder, [.. Release.Files.SkipLast(1)]),
            ReadSplit(folder, [Release.Files[^1]]),
            isEmbedded: false
        );
    }

    /// <summary>Checks the size, the labels and, where one is published, the md5 sum of every file.</summary>
    /// <inheritdoc/>
    internal override DataVerdict Verify(string folder, CancellationToken cancellationToken = default)
    {
        folder = Require(folder);
        CheckLengths(folder);
        foreach (var file in Release.Files)
        {
            var path = Path.Combine(folder, file.Name);
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                FileCheck.Run(stream, file, _records, path, Fetch(folder)!, onBytes: null, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(path, e);
            }
        }

        return new DataVerdict(
            Title,
            Release.Files.All(f => f.Md5 is not null)
                ? "all md5 sums are right"
                : "sizes and labels of all files are right; of single files no md5 sums are published"
        );
    }

    private void CheckLengths(string folder)
    {
        foreach (var file in Release.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path))
            {
                throw new GaitPropException($"{path} is missing: fetch the set again with {Fetch(folder)}.");
            }

            var length = LengthOf(path);
            if (length != file.Length)
            {
                throw new GaitPropException(
                    $"{path} is {ByteCount.Exact(length)}, not {ByteCount.Digits(file.Length)}: "
                        + $"it is {(length < file.Length ? "truncated" : "too long")}; fetch the set again with {Fetch(folder)}."
                );
            }
        }
    }

    // FileInfo.Length would be that of the link where the file is a symbolic link.
    private long LengthOf(string path)
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

    private ImageSplit ReadSplit(string folder, IReadOnlyList<DataFile> files)
    {
        var images = (int)(files.Sum(f => f.Length) / _records.Bytes);
        var pixels = GC.AllocateUninitializedArray<byte>(images * _records.ImageBytes);
        var labels = GC.AllocateUninitializedArray<byte>(images);
        var done = 0;
        foreach (var file in files)
        {
            var count = (int)(file.Length / _records.Bytes);
            ReadFile(
                Path.Combine(folder, file.Name),
                pixels.AsSpan(done * _records.ImageBytes, count * _records.ImageBytes),
                labels.AsSpan(done, count)
            );
            done += count;
        }

        return new ImageSplit(pixels, labels, Channels, Side, Side);
    }

    private void ReadFile(string path, Span<byte> pixels, Span<byte> labels)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(RecordsPerRead * _records.Bytes);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            for (var done = 0; done < labels.Length; )
            {
                var count = Math.Min(RecordsPerRead, labels.Length - done);
                stream.ReadExactly(buffer, 0, count * _records.Bytes);
                for (var i = 0; i < count; i++, done++)
                {
                    var record = buffer.AsSpan(i * _records.Bytes, _records.Bytes);
                    for (var l = 0; l < _records.Classes.Count; l++)
                    {
                        if (record[l] >= _records.Classes[l])
                        {
                            throw FileCheck.BadLabel(
                                path,
                                done,
                                labels.Length,
                                record[l],
                                _records.Classes[l],
                                Fetch(Path.GetDirectoryName(path)!)!
                            );
                        }
                    }

                    labels[done] = record[_records.Classes.Count - 1];
                    record[_records.Classes.Count..].CopyTo(pixels.Slice(done * _records.ImageBytes, _records.ImageBytes));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    private IReadOnlyList<string> ReadClassNames(string folder)
    {
        var path = Path.Combine(folder, Release.NamesFile!);
        if (!File.Exists(path))
        {
            return ClassNames;
        }

        string[] names;
        try
        {
            names = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }

        return names.Length == ClassNames.Count
            ? names
            : throw new GaitPropException(
                $"{path} has {ByteCount.Digits(names.Length)} class names, not {ClassNames.Count}: "
                    + "delete it, and the official names are used."
            );
    }

    private GaitPropException Unreadable(string path, Exception cause) =>
        new(
            $"{path} cannot be read ({OneLine.Of(cause)}): check its permissions and the disk, or fetch the set again with "
                + $"{Fetch(Path.GetDirectoryName(path)!)}.",
            cause
        );
}
