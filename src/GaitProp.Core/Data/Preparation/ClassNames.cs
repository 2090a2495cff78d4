namespace GaitProp.Data.Preparation;

/// <summary>The names of classes in words, where the set has them: <c>LOC_synset_mapping.txt</c>, or Tiny-ImageNet's <c>words.txt</c>.</summary>
/// <param name="root">The folder of the set.</param>
internal sealed class ClassNames(string root)
{
    private readonly Dictionary<string, string> _names = Read(root);

    /// <summary>The class of an id.</summary>
    public ImageClass Of(string id) => new(id, _names.GetValueOrDefault(id, id));

    private static Dictionary<string, string> Read(string root)
    {
        var file = ((string[])["LOC_synset_mapping.txt", "words.txt"]).Select(name => Path.Combine(root, name)).FirstOrDefault(File.Exists);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in file is null ? [] : File.ReadLines(file))
        {
            if (line.Split((char[])[' ', '\t'], 2) is [var id, var name])
            {
                names.TryAdd(id, name.Trim());
            }
        }

        return names;
    }
}
