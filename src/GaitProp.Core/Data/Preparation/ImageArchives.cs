using System.Formats.Tar;

namespace GaitProp.Data.Preparation;

/// <summary>
/// ImageNet as it is downloaded: <c>ILSVRC2012_img_train.tar</c>, which holds an archive a class, and <c>ILSVRC2012_img_val.tar</c>, which
/// is flat. Nothing is unpacked: images are read from where they lie in the archives.
/// </summary>
internal static class ImageArchives
{
    private const string TrainFile = "ILSVRC2012_img_train.tar";
    private const string ValidationFile = "ILSVRC2012_img_val.tar";

    /// <summary>Whether a folder holds the archive of the training images.</summary>
    public static bool AreIn(string root) => File.Exists(Path.Combine(root, TrainFile));

    /// <summary>Lists the images of both archives.</summary>
    public static SourceSet Open(string root, ClassNames names)
    {
        var validation = Path.Combine(root, ValidationFile);
        if (!File.Exists(validation))
        {
            throw new GaitPropException($"{validation} is missing beside {TrainFile}: put it there.");
        }

        var path = Path.Combine(root, TrainFile);
        using var file = File.OpenRead(path);
        var archives = Entries(file, path)
            .Where(e => e.Name.EndsWith(".tar", StringComparison.Ordinal))
            .OrderBy(e => e.Name, StringComparer.Ordinal)
            .ToArray();
        if (archives.Length == 0)
        {
            throw new GaitPropException(
                $"{path} holds no archives of classes, such as n01440764.tar: it is not the archive of the training images."
            );
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (label, archive) in archives.Index())
        {
            var id = Path.GetFileNameWithoutExtension(archive.Name);
            if (!ids.TryAdd(id, label))
            {
                throw new GaitPropException(
                    $"{path} holds two archives of the class {id}, {archives[ids[id]].Name} and {archive.Name}: it is not the archive as it is downloaded; get it again."
                );
            }
        }

        var train = new List<SourceImage>();
        foreach (var (label, archive) in archives.Index())
        {
            using var inner = new StreamSlice(file, archive.Offset, archive.Length);
            train.AddRange(
                Entries(inner, $"{path}: {archive.Name}")
                    .OrderBy(e => e.Name, StringComparer.Ordinal)
                    .Select(e => new SourceImage(
                        $"{TrainFile}/{archive.Name}/{e.Name}",
                        label,
                        path,
                        archive.Offset + e.Offset,
                        e.Length,
                        File.GetLastWriteTimeUtc(path)
                    ))
            );
        }

        ImageClass[] classes = [.. ids.Keys.Select(names.Of)];
        var labels = ValidationLabels.Find(root, validation);
        using var flat = File.OpenRead(validation);
        return new SourceSet(
            SourceSet.NameOf(root, classes),
            $"archives as downloaded, {labels.Source}",
            classes,
            train,
            [
                .. Entries(flat, validation)
                    .OrderBy(e => e.Name, StringComparer.Ordinal)
                    .Select(e => new SourceImage(
                        $"{ValidationFile}/{e.Name}",
                        ImageFolders.Known(labels.Of(Path.GetFileName(e.Name)), ids, $"{validation}: {e.Name}"),
                        validation,
                        e.Offset,
                        e.Length,
                        File.GetLastWriteTimeUtc(validation)
                    )),
            ],
            []
        );
    }

    private static List<(string Name, long Offset, long Length)> Entries(Stream archive, string name)
    {
        var entries = new List<(string, long, long)>();
        using var reader = new TarReader(archive, leaveOpen: true);
        try
        {
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                {
                    if (entry.DataOffset < 0 || entry.Length > archive.Length - entry.DataOffset)
                    {
                        throw new InvalidDataException(
                            $"{entry.Name} is said to have {ByteCount.Exact(entry.Length)}, which are not there"
                        );
                    }

                    entries.Add((entry.Name, entry.DataOffset, entry.Length));
                }
            }
        }
        catch (Exception e) when (TarArchive.IsBroken(e))
        {
            throw NotWhole(name, e);
        }

        return entries;
    }

    /// <summary>What to say of an archive that cannot be read to its end.</summary>
    internal static GaitPropException NotWhole(string archive, Exception e) =>
        new($"{archive} is no whole archive ({OneLine.Of(e)}): get it again.", e);
}
