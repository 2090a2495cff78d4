namespace GaitProp.Data.Preparation;

/// <summary>
/// Labels by what they belong to, as a file lists them. A thing that is listed twice with two labels makes the file useless.
/// </summary>
/// <typeparam name="TKey">What has a label.</typeparam>
internal sealed class LabelTable<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, string> _labels = [];

    /// <summary>Collects the labels.</summary>
    /// <param name="file">The file, for the error.</param>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="GaitPropException">Two lines contradict each other.</exception>
    public LabelTable(string file, IEnumerable<(TKey Key, string Label)> lines)
    {
        foreach (var (key, label) in lines)
        {
            if (!_labels.TryAdd(key, label) && _labels[key] != label)
            {
                throw new GaitPropException($"{file} lists {key} twice, as {_labels[key]} and as {label}: get the file again.");
            }
        }
    }

    /// <summary>The label of a thing; <see langword="null"/> if it has none.</summary>
    /// <param name="key">The thing.</param>
    public string? this[TKey key] => _labels.GetValueOrDefault(key);
}
