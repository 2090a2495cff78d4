namespace GaitProp.Data.Preparation;

/// <summary>
/// The names of classes in words, where the set has them: <c>LOC_synset_mapping.txt</c>, Tiny-ImageNet's <c>words.txt</c>, or the
/// development kit.
/// </summary>
/// <param name="root">The folder of the set.</param>
internal sealed class ClassNames(string root)
{
    private readonly IReadOnlyDictionary<string, string> _names = Read(root);

    /// <summary>The class of an id.</summary>
    public ImageClass Of(string id) => new(id, _names.GetValueOrDefault(id, id));

    private static IReadOnlyDictionary<string, string> Read(string root)
    {
        var file = ((string[])["LOC_synset_mapping.txt", "words.txt"]).Select(name => Path.Combine(root, name)).FirstOrDefault(File.Exists);
        if (file is null)
        {
            return DevelopmentKit.In(root).Names;
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            if (line.Split((char[])[' ', '\t'], 2) is [var id, var name])
            {
                names.TryAdd(id, name.Trim());
            }
        }

        return names;
    }
}
