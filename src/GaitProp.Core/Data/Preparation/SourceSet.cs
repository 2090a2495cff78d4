using GaitProp.Storage;

namespace GaitProp.Data.Preparation;

/// <summary>A class of images.</summary>
/// <param name="Id">The name of its folder, such as <c>n01440764</c>.</param>
/// <param name="Name">Its name in words; the id where there is none.</param>
internal sealed record ImageClass(string Id, string Name);

/// <summary>A data set of photos before its preparation, in an order that does not depend on the file system.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Layout">How it was laid out, in words.</param>
/// <param name="Classes">Its classes; an image's label is a place in here.</param>
/// <param name="Train">Training images.</param>
/// <param name="Validation">Images to test on.</param>
/// <param name="LeftOut">What was met among the photos and is not read: links that lead elsewhere, pipes.</param>
internal sealed record SourceSet(
    string Name,
    string Layout,
    IReadOnlyList<ImageClass> Classes,
    IReadOnlyList<SourceImage> Train,
    IReadOnlyList<SourceImage> Validation,
    IReadOnlyList<UnreadableImage> LeftOut
)
{
    /// <summary>Finds out how a data set is laid out, and lists its images.</summary>
    /// <param name="root">The folder, such as the one that holds <c>ILSVRC</c>.</param>
    /// <param name="seed">Chooses the images that are held out, where a set has none to test on.</param>
    /// <exception cref="GaitPropException">It is not laid out in any way that is known, it has one class only, or labels are missing or
    /// contradict each other.</exception>
    public static SourceSet Open(string root, ulong seed)
    {
        root = Path.GetFullPath(HomePath.Expand(root));
        if (!Directory.Exists(root))
        {
            throw new GaitPropException(
                $"{root} {(File.Exists(root) ? "is a file, not a folder" : "does not exist")}: give the folder that holds the images, such as the one with ILSVRC or train in it."
            );
        }

        try
        {
            var names = new ClassNames(root);
            var set = ImageArchives.AreIn(root) ? ImageArchives.Open(root, names) : new ImageFolders(root, names, seed).Open();
            foreach (
                var (images, what) in ((IReadOnlyList<SourceImage>, string)[])[(set.Train, "training"), (set.Validation, "validation")]
            )
            {
                if (images.Count == 0)
                {
                    throw new GaitPropException(
                        $"{root} has no {what} photos ({set.Layout}): put some in, or take the empty folder or archive out; without one for validation, one photo of ten is held out."
                    );
                }
            }

            return set.Classes.Count > 1
                ? set
                : throw new GaitPropException(
                    $"{root} has photos of one class only, {set.Classes[0].Id}, from which nothing can be learned: make it one folder a class, two classes or more."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new GaitPropException(
                $"{root} cannot be read ({OneLine.Of(e)}): check the folder, its archives and their permissions.",
                e
            );
        }
    }

    /// <summary>Names a set: ImageNet if it has its thousand classes, else as its folder is called.</summary>
    internal static string NameOf(string root, IReadOnlyList<ImageClass> classes) =>
        classes.Count == 1000 && classes.All(c => c.Id is ['n', _, _, _, _, _, _, _, _])
            ? "ImageNet"
            : Path.GetFileName(Path.TrimEndingDirectorySeparator(root));
}
