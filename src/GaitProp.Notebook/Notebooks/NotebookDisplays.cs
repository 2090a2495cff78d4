using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Notebooks;

/// <summary>The outputs of a notebook that have a name, by which any later cell may replace what they show.</summary>
internal sealed class NotebookDisplays
{
    private readonly Dictionary<string, List<JsonObject>> _named = [];

    /// <summary>Held by whoever reads or changes outputs: a cell may go on making some after its end.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Shows a bundle in all outputs of a name, if there are any.</summary>
    public void Replace(string id, JsonObject data, JsonObject metadata)
    {
        foreach (var output in _named.GetValueOrDefault(id) ?? [])
        {
            output["data"] = data.DeepClone();
            output["metadata"] = metadata.DeepClone();
        }
    }

    /// <summary>Gives an output a name.</summary>
    public void Name(string id, JsonObject output)
    {
        if (!_named.TryGetValue(id, out var outputs))
        {
            _named[id] = outputs = [];
        }

        outputs.Add(output);
    }
}
