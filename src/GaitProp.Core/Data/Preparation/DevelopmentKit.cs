using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace GaitProp.Data.Preparation;

/// <summary>
/// The development kit of ImageNet, unpacked or as it is downloaded (<c>ILSVRC2012_devkit_t12.tar.gz</c>): the class number of each
/// validation image, and the class of each number, from <c>map_clsloc.txt</c> or <c>meta.mat</c>.
/// </summary>
internal sealed class DevelopmentKit
{
    /// <summary>The file of the class numbers, one a line, in the order of the image numbers.</summary>
    public const string GroundTruth = "ILSVRC2012_validation_ground_truth.txt";

    /// <summary>The file of the classes, a line each: id, number, name.</summary>
    public const string Map = "map_clsloc.txt";

    /// <summary>The kit as it is downloaded.</summary>
    public const string Archive = "ILSVRC2012_devkit_t12.tar.gz";

    private const string Meta = "meta.mat";

    /// <summary>Bytes of one of its files, and of all that is unpacked of it; the real ones are a hundredth of this.</summary>
    private const long MostOfAFile = 1L << 26,
        MostUnpacked = 1L << 28;

    private const int MostClasses = 1_000_000;

    private static readonly string[] Folders =
    [
        "",
        "ILSVRC",
        "devkit",
        "ILSVRC/devkit",
        "ILSVRC2012_devkit_t12",
        "ILSVRC/ILSVRC2012_devkit_t12",
    ];

    private DevelopmentKit(IReadOnlyList<string>? labels, IReadOnlyDictionary<string, string> names) => (Labels, Names) = (labels, names);

    /// <summary>The class id of each validation image, image number 1 first; null where the kit has not both of what that needs.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>Names in words by class id, where the kit has <c>meta.mat</c>.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    /// <summary>Finds what there is of the kit; without a label where there is nothing.</summary>
    /// <param name="root">The folder of the set.</param>
    /// <exception cref="GaitPropException">A file of it is damaged, or two do not belong together.</exception>
    public static DevelopmentKit In(string root)
    {
        var archived = new Lazy<IReadOnlyDictionary<string, KitFile>>(() => Unpacked(root));
        var (truth, map, meta) = (Find(GroundTruth), Find(Map), Find(Meta));
        var classes = meta is null ? [] : Classes(meta);
        var names = new LabelTable<string>(meta?.Path ?? "", classes.Select(c => (c.Id, c.Name)));
        var ids = map is not null ? Mapped(map) : new LabelTable<int>(meta?.Path ?? "", classes.Select(c => (c.Number, c.Id)));
        return new DevelopmentKit(
            truth is null || (map ?? meta) is not { } source
                ? null
                :
                [
                    .. Lines(truth)
                        .Select(line =>
                            ids[Number(line, truth.Path)]
                            ?? throw new GaitPropException(
                                $"{truth.Path} has class {line}, which {source.Path} does not have: get both from the same development kit."
                            )
                        ),
                ],
            classes.Select(c => c.Id).Distinct().ToDictionary(id => id, id => names[id]!, StringComparer.Ordinal)
        );

        KitFile? Find(string name) =>
            Folders
                .SelectMany(f => (string[])[Path.Combine(root, f, name), Path.Combine(root, f, "data", name)])
                .FirstOrDefault(File.Exists)
                is { } file
                ? new KitFile(file, Whole(file))
                : archived.Value.GetValueOrDefault(name);
    }

    private static Dictionary<string, KitFile> Unpacked(string root)
    {
        var files = new Dictionary<string, KitFile>(StringComparer.Ordinal);
        if (((string[])[Path.Combine(root, Archive), Path.Combine(root, "ILSVRC", Archive)]).FirstOrDefault(File.Exists) is not { } archive)
        {
            return files;
        }

        try
        {
            using var packed = new LimitedStream(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress), MostUnpacked);
            using var reader = new TarReader(packed);
            while (reader.GetNextEntry() is { } entry)
            {
                var name = Path.GetFileName(entry.Name);
                if (name is GroundTruth or Map or Meta && entry.DataStream is { } content)
                {
                    using var bytes = new MemoryStream();
                    new LimitedStream(content, MostOfAFile).CopyTo(bytes);
                    files[name] = new KitFile($"{archive}: {entry.Name}", bytes.ToArray());
                }
            }
        }
        catch (Exception e) when (TarArchive.IsBroken(e))
        {
            throw ImageArchives.NotWhole(archive, e);
        }

        return files;
    }

    private static LabelTable<int> Mapped(KitFile map) =>
        new(map.Path, Lines(map).Select(line => line.Split(' ')).Where(f => f.Length > 1).Select(f => (Number(f[1], map.Path), f[0])));

    private static byte[] Whole(string file) =>
        new FileInfo(file).Length is var length && length <= MostOfAFile
            ? File.ReadAllBytes(file)
            : throw new GaitPropException(
                $"{file} has {ByteCount.Exact(length)}, and no file of the development kit has more than {ByteCount.Digits(MostOfAFile)}: get it again."
            );

    private static (int Number, string Id, string Name)[] Classes(KitFile meta)
    {
        try
        {
            return MatFile.Read(meta.Bytes).GetValueOrDefault("synsets") is IReadOnlyList<IReadOnlyDictionary<string, object?>> synsets
                ?
                [
                    .. synsets.Select(s =>
                        s is not null
                        && s.GetValueOrDefault("ILSVRC2012_ID") is double[] and [>= 1 and <= MostClasses and var number]
                        && s.GetValueOrDefault("WNID") is string id
                            ? ((int)number, id, s.GetValueOrDefault("words") as string ?? id)
                            : throw new InvalidDataException("a class has no ILSVRC2012_ID or no WNID")
                    ),
                ]
                : throw new InvalidDataException("it has no synsets");
        }
        catch (InvalidDataException e)
        {
            throw new GaitPropException($"{meta.Path} cannot be read ({OneLine.Of(e)}): get the development kit again.", e);
        }
    }

    private static IEnumerable<string> Lines(KitFile file) =>
        Encoding.UTF8.GetString(file.Bytes).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0);

    private static int Number(string text, string file) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new GaitPropException($"{file} has '{text}' where a class number should be: get the file again.");

    private sealed record KitFile(string Path, byte[] Bytes);
}
