using System.Text.RegularExpressions;

namespace GaitProp.Data.Preparation;

/// <summary>Sets of image files in folders: one folder a class for training, or one folder with classes in the names of its files; for validation class folders, a flat folder, or Tiny-ImageNet's.</summary>
internal static partial class ImageFolders
{
    private static readonly string[] Endings = [".jpeg", ".jpg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".ppm"];

    /// <summary>One image of so many is held out where a set has none to test on.</summary>
    private const int HeldOut = 10;

    /// <summary>The folder that has <c>train</c> in it: the root, or <c>CLS-LOC</c> below it.</summary>
    public static string? WithTrain(string root) =>
        ((string[])["", "ILSVRC/Data/CLS-LOC", "Data/CLS-LOC", "CLS-LOC"]).Select(p => Path.Combine(root, p)).FirstOrDefault(p => Directory.Exists(Path.Combine(p, "train")));

    /// <summary>A set with a folder <c>train</c>, one folder a class.</summary>
    public static SourceSet Open(string root, string folder, ClassNames names, ulong seed)
    {
        var train = Path.Combine(folder, "train");
        var ids = ClassesIn(train);
        if (ids.Count == 0)
        {
            throw new GaitPropException($"{train} holds no folders with images: it should have one a class, such as n01440764.");
        }

        ImageClass[] classes = [.. ids.Keys.Select(names.Of)];
        var images = Classed(root, train, ids);
        var name = SourceSet.NameOf(root, classes);
        var validation = ((string[])["val", "validation", "valid", "test"]).Select(p => Path.Combine(folder, p)).FirstOrDefault(Directory.Exists);
        if (validation is null)
        {
            return WithHeldOut(name, "class folders", classes, images, seed);
        }

        return File.Exists(Path.Combine(validation, "val_annotations.txt"))
            ? new SourceSet(name, "class folders, val_annotations.txt", classes, images, Tiny(root, validation, ids))
            : Directory.EnumerateDirectories(validation).Any()
            ? new SourceSet(name, "class folders", classes, images, Classed(root, validation, KnownIn(validation, ids)))
            : Flat(root, validation, name, classes, ids, images);
    }

    /// <summary>A folder of class folders and nothing to test on.</summary>
    public static SourceSet OfClasses(string root, ClassNames names, ulong seed)
    {
        var ids = ClassesIn(root);
        if (ids.Count == 0)
        {
            return Named(root, names, seed);
        }

        ImageClass[] classes = [.. ids.Keys.Select(names.Of)];
        return WithHeldOut(SourceSet.NameOf(root, classes), "class folders", classes, Classed(root, root, ids), seed);
    }

    /// <summary>Images in one folder, named as ImageNet names them: by the id of their class. Those without one are a class of their own, called as the folder is.</summary>
    private static SourceSet Named(string root, ClassNames names, ulong seed)
    {
        FileInfo[] files = [.. Images(root)];
        if (files.Length == 0)
        {
            throw new GaitPropException($"{root} is laid out in no way that is known: it should hold ILSVRC/Data/CLS-LOC, or train and val, or ILSVRC2012_img_train.tar, or one folder of images a class, or images named by their class, such as n01440764_18.JPEG.");
        }

        string Id(FileInfo file) => WordNetId().Match(file.Name) is { Success: true } id ? id.Value : Path.GetFileName(Path.TrimEndingDirectorySeparator(root));
        var ids = Numbered(files.Select(Id));
        ImageClass[] classes = [.. ids.Keys.Select(names.Of)];
        return WithHeldOut(SourceSet.NameOf(root, classes), "one folder, classes by the names of the files", classes, [.. files.Select(f => Image(root, f, ids[Id(f)]))], seed);
    }

    [GeneratedRegex("(?<![A-Za-z0-9])n[0-9]{8}(?![0-9])")]
    private static partial Regex WordNetId();

    private static SourceSet WithHeldOut(string name, string layout, ImageClass[] classes, List<SourceImage> images, ulong seed)
    {
        var order = SeededOrder.Of(images.Count, seed, SeededOrder.HeldOut);
        var held = order.Where((_, place) => place % HeldOut == 0).Order().ToArray();
        return new SourceSet(name, $"{layout}, one image of {HeldOut} held out for validation", classes,
            [.. order.Where((_, place) => place % HeldOut != 0).Order().Select(i => images[i])], [.. held.Select(i => images[i])]);
    }

    private static SourceSet Flat(string root, string folder, string name, ImageClass[] classes, Dictionary<string, int> ids, List<SourceImage> train)
    {
        var labels = ValidationLabels.Find(root, folder);
        return new SourceSet(name, $"class folders, flat validation folder with {labels.Source}", classes, train,
            [.. Images(folder).Select(file => Image(root, file, Known(labels.Of(file.Name), ids, file.FullName)))]);
    }

    private static List<SourceImage> Tiny(string root, string folder, Dictionary<string, int> ids)
    {
        var annotations = Path.Combine(folder, "val_annotations.txt");
        var labels = File.ReadLines(annotations).Select(line => line.Split('\t')).Where(f => f.Length > 1).ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal);
        return [.. Images(folder).Select(file => Image(root, file, Known(
            labels.GetValueOrDefault(file.Name) ?? throw new GaitPropException($"{annotations} has no line for {file.Name}: get the file again, or take the image out."), ids, file.FullName)))];
    }

    internal static int Known(string id, Dictionary<string, int> ids, string image) => ids.TryGetValue(id, out var label)
        ? label
        : throw new GaitPropException($"{image} is of class {id}, of which there are no training images: take it out, or add the class's folder to train.");

    private static Dictionary<string, int> KnownIn(string folder, Dictionary<string, int> ids)
    {
        foreach (var id in ClassesIn(folder).Keys)
        {
            Known(id, ids, Path.Combine(folder, id));
        }

        return ids;
    }

    /// <summary>Folders that have images, by name, numbered in ordinal order.</summary>
    private static Dictionary<string, int> ClassesIn(string folder) => Numbered(Directory.EnumerateDirectories(folder).Where(HasImages).Select(f => Path.GetFileName(f)!));

    private static Dictionary<string, int> Numbered(IEnumerable<string> ids) => ids.Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);

    private static List<SourceImage> Classed(string root, string folder, Dictionary<string, int> ids) =>
        [.. ids.Where(c => Directory.Exists(Path.Combine(folder, c.Key))).SelectMany(c => Images(Path.Combine(folder, c.Key)).Select(f => Image(root, f, c.Value)))];

    private static bool HasImages(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(f => Endings.Contains(Path.GetExtension(f).ToLowerInvariant()));

    /// <summary>Image files of a folder and those below it, in ordinal order.</summary>
    private static IEnumerable<FileInfo> Images(string folder) => new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .Where(f => Endings.Contains(f.Extension.ToLowerInvariant()))
        .OrderBy(f => f.FullName, StringComparer.Ordinal);

    private static SourceImage Image(string root, FileInfo file, int label) =>
        new(Path.GetRelativePath(root, file.FullName).Replace('\\', '/'), label, file.FullName, 0, Target(file).Length);

    private static FileInfo Target(FileInfo file) => file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
}
