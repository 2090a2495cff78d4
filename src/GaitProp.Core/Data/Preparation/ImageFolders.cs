using System.Text.RegularExpressions;
using GaitProp.Storage;

namespace GaitProp.Data.Preparation;

/// <summary>
/// Sets of image files in folders: one folder a class for training, or one folder with classes in the names of its files; for validation
/// class folders, a flat folder, or Tiny-ImageNet's.
/// </summary>
/// <param name="root">The folder of the set.</param>
/// <param name="names">The names of classes in words.</param>
/// <param name="seed">Chooses the images that are held out, where a set has none to test on.</param>
internal sealed partial class ImageFolders(string root, ClassNames names, ulong seed)
{
    /// <summary>One image of so many is held out where a set has none to test on.</summary>
    private const int HeldOut = 10;

    private static readonly string[] TrainNames = ["train", "training"];
    private static readonly string[] ValidationNames = ["val", "validation", "valid", "test", "testing"];

    private readonly PhotoFiles _photos = new(root);

    /// <summary>Lists the photos.</summary>
    public SourceSet Open() => (WithTrain() is { } folder ? Open(folder) : OfClasses()) with { LeftOut = _photos.LeftOut };

    /// <summary>
    /// The folder of training images: in the root, or in <c>CLS-LOC</c> below it. By another name than <c>train</c> it may be a class, unless
    /// it has folders of classes and one of validation images beside it.
    /// </summary>
    private string? WithTrain() =>
        ((string[])["", "ILSVRC/Data/CLS-LOC", "Data/CLS-LOC", "CLS-LOC"])
            .Select(p => Path.Combine(root, p))
            .Select(p => (Beside: p, Train: Part(p, TrainNames)))
            .FirstOrDefault(p =>
                p.Train is not null
                && (
                    Path.GetFileName(p.Train) == TrainNames[0]
                    || (Part(p.Beside, ValidationNames) is not null && ClassesIn(p.Train).Count > 0)
                )
            )
            .Train;

    /// <summary>The folder of a part of a set, by any of its names, in small letters or not; the exact name comes first.</summary>
    private static string? Part(string folder, IReadOnlyList<string> names) =>
        !Directory.Exists(folder)
            ? null
            : names
                .SelectMany(name =>
                    Directory
                        .GetDirectories(folder)
                        .Where(d => Path.GetFileName(d).Equals(name, StringComparison.OrdinalIgnoreCase))
                        .OrderBy(d => Path.GetFileName(d) != name)
                )
                .FirstOrDefault();

    /// <summary>A set with a folder <c>train</c>, one folder a class.</summary>
    private SourceSet Open(string train)
    {
        var folder = Path.GetDirectoryName(train)!;
        var ids = ClassesIn(train);
        if (ids.Count == 0)
        {
            throw new GaitPropException($"{train} holds no folders with images: it should have one a class, such as n01440764.");
        }

        ImageClass[] classes = [.. ids.Keys.Select(names.Of)];
        var images = Classed(train, ids);
        var name = SourceSet.NameOf(root, classes);
        if (Part(folder, ValidationNames) is not { } validation)
        {
            return WithHeldOut(name, "class folders", classes, images);
        }

        return File.Exists(Path.Combine(validation, "val_annotations.txt"))
                ? new SourceSet(name, "class folders, val_annotations.txt", classes, images, Tiny(validation, ids), [])
            : !_photos.AreIn(validation) ? new SourceSet(name, "class folders", classes, images, [], [])
            : ClassesIn(validation).Count == 0 ? Flat(validation, name, classes, ids, images)
            : Directory.EnumerateFiles(validation).FirstOrDefault(PhotoFiles.IsPhoto) is { } beside
                ? throw new GaitPropException(
                    $"{validation} has photos beside folders of photos, such as {Path.GetFileName(beside)}: put each into the folder of its class, or take the folders out."
                )
            : new SourceSet(name, "class folders", classes, images, Classed(validation, KnownIn(validation, ids)), []);
    }

    /// <summary>A folder of class folders and nothing to test on.</summary>
    private SourceSet OfClasses()
    {
        var ids = ClassesIn(root);
        if (ids.Count == 0)
        {
            return Named();
        }

        ImageClass[] classes = [.. ids.Keys.Select(names.Of)];
        return WithHeldOut(SourceSet.NameOf(root, classes), "class folders", classes, Classed(root, ids));
    }

    /// <summary>
    /// Images in one folder, named as ImageNet names them: by the id of their class. Those without one are a class of their own, called as
    /// the folder is.
    /// </summary>
    private SourceSet Named()
    {
        var files = _photos.In(root);
        if (files.Count == 0)
        {
            throw new GaitPropException(
                $"{root} is laid out in no way that is known: it should hold ILSVRC/Data/CLS-LOC, or train and val, or ILSVRC2012_img_train.tar, or one folder of images a class, or images named by their class, such as n01440764_18.JPEG."
            );
        }

        string Id(FileInfo file) =>
            WordNetId().Match(file.Name) is { Success: true } id ? id.Value : Path.GetFileName(Path.TrimEndingDirectorySeparator(root));
        var ids = Numbered(files.Select(Id));
        ImageClass[] classes = [.. ids.Keys.Select(names.Of)];
        return WithHeldOut(
            SourceSet.NameOf(root, classes),
            "one folder, classes by the names of the files",
            classes,
            [.. files.Select(f => Image(f, ids[Id(f)]))]
        );
    }

    [GeneratedRegex("(?<![A-Za-z0-9])n[0-9]{8}(?![0-9])")]
    private static partial Regex WordNetId();

    private SourceSet WithHeldOut(string name, string layout, ImageClass[] classes, List<SourceImage> images)
    {
        var order = SeededOrder.Of(images.Count, seed, SeededOrder.HeldOut);
        var held = order.Where((_, place) => place % HeldOut == 0).Order().ToArray();
        return new SourceSet(
            name,
            $"{layout}, one image of {HeldOut} held out for validation",
            classes,
            [.. order.Where((_, place) => place % HeldOut != 0).Order().Select(i => images[i])],
            [.. held.Select(i => images[i])],
            []
        );
    }

    private SourceSet Flat(string folder, string name, ImageClass[] classes, Dictionary<string, int> ids, List<SourceImage> train)
    {
        var labels = ValidationLabels.Find(root, folder);
        return new SourceSet(
            name,
            $"class folders, flat validation folder with {labels.Source}",
            classes,
            train,
            [.. _photos.In(folder).Select(file => Image(file, Known(labels.Of(file.Name), ids, file.FullName)))],
            []
        );
    }

    private List<SourceImage> Tiny(string folder, Dictionary<string, int> ids)
    {
        var annotations = Path.Combine(folder, "val_annotations.txt");
        var labels = new LabelTable<string>(
            annotations,
            File.ReadLines(annotations).Select(line => line.Split('\t')).Where(f => f.Length > 1).Select(f => (f[0], f[1]))
        );
        return
        [
            .. _photos
                .In(folder)
                .Select(file =>
                    Image(
                        file,
                        Known(
                            labels[file.Name]
                                ?? throw new GaitPropException(
                                    $"{annotations} has no line for {file.Name}: get the file again, or take the image out."
                                ),
                            ids,
                            file.FullName
                        )
                    )
                ),
        ];
    }

    internal static int Known(string id, Dictionary<string, int> ids, string image) =>
        ids.TryGetValue(id, out var label)
            ? label
            : throw new GaitPropException(
                $"{image} is of class {id}, of which there are no training images: take it out, or add the class's folder to train."
            );

    private Dictionary<string, int> KnownIn(string folder, Dictionary<string, int> ids)
    {
        foreach (var id in ClassesIn(folder).Keys)
        {
            Known(id, ids, Path.Combine(folder, id));
        }

        return ids;
    }

    /// <summary>Folders that have images, by name, numbered in ordinal order.</summary>
    private Dictionary<string, int> ClassesIn(string folder) =>
        Numbered(
            Directory
                .EnumerateDirectories(folder)
                .Where(f => !IsOfAProgram(Path.GetFileName(f)) && _photos.AreIn(f))
                .Select(f => Path.GetFileName(f)!)
        );

    /// <summary>What file managers, archives and editors leave behind: no class.</summary>
    private static bool IsOfAProgram(string name) => name[0] is '.' or '@' || name == "__MACOSX";

    private static Dictionary<string, int> Numbered(IEnumerable<string> ids) =>
        ids.Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);

    private List<SourceImage> Classed(string folder, Dictionary<string, int> ids) =>
        [
            .. ids.Where(c => Directory.Exists(Path.Combine(folder, c.Key)))
                .SelectMany(c => _photos.In(Path.Combine(folder, c.Key)).Select(f => Image(f, c.Value))),
        ];

    private SourceImage Image(FileInfo file, int label) =>
        new(
            _photos.NameOf(file.FullName),
            label,
            file.FullName,
            0,
            FileFacts.Behind(file) is var target ? target.Length : 0,
            target.LastWriteTimeUtc
        );
}
