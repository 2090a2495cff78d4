using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Notebooks;

/// <summary>A cell of a notebook, as the JSON that it is kept in: what this kit does not know stays where it is.</summary>
/// <param name="node">The cell.</param>
/// <param name="language">The language of a code cell that names none.</param>
internal sealed class NotebookCell(JsonObject node, string language)
{
    /// <summary>C# as notebooks name it.</summary>
    public const string CSharp = "csharp";

    /// <summary>The cell's JSON, texts in one piece.</summary>
    public JsonObject Node { get; } = node;

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
    public string Kind => Node["cell_type"]!.GetValue<string>();

    /// <summary>Whether it is run.</summary>
    public bool IsCode => Kind == "code";

    /// <summary>Its text.</summary>
    public string Source => Node["source"]!.GetValue<string>();

    /// <summary>Its id, which no other cell of the notebook has.</summary>
    public string Id => Node["id"]!.GetValue<string>();

    /// <summary>Its metadata.</summary>
    public JsonObject Metadata => (JsonObject)Node["metadata"]!;

    /// <summary>The tags in its metadata.</summary>
    public IEnumerable<string> Tags =>
        Metadata["tags"] is JsonArray tags
            ? tags.Where(t => t?.GetValueKind() == JsonValueKind.String).Select(t => t!.GetValue<string>())
            : [];

    /// <summary>The outputs of a code cell.</summary>
    public JsonArray Outputs => (JsonArray)Node["outputs"]!;

    /// <summary>The execution count of a code cell.</summary>
    public int? ExecutionCount
    {
        get =>
            Node["execution_count"]?.GetValueKind() == JsonValueKind.Number
            && Node["execution_count"] is JsonValue count
            && count.TryGetValue(out int value)
                ? value
                : null;
        set => Node["execution_count"] = value;
    }

    /// <summary>
    /// What the engine gets: the source, led by the word of its language where the cell's metadata name another one than C# (Polyglot
    /// Notebooks keeps the language there and not in the text).
    /// </summary>
    public string Code => Language is CSharp || NamesLanguage() ? Source : $"#!{Language}\n{Source}";

    /// <summary>The language of a code cell.</summary>
    public string Language => Word("polyglot_notebook", "kernelName") ?? Word("dotnet_interactive", "language") ?? language;

    /// <summary>Whether the source begins with the word of its language, which may have options.</summary>
    private bool NamesLanguage()
    {
        var source = Source.AsSpan().TrimStart();
        var word = $"#!{Language}";
        return source.StartsWith(word, StringComparison.Ordinal)
            && (source.Length == word.Length || char.IsWhiteSpace(source[word.Length]));
    }

    /// <summary>Says in a code cell's metadata which language it is, for front ends that look there, unless it names a language.</summary>
    public void NameLanguage()
    {
        if (Word("polyglot_notebook", "kernelName") is null && Word("dotnet_interactive", "language") is null)
        {
            Metadata["polyglot_notebook"] = new JsonObject { ["kernelName"] = language };
            Metadata["dotnet_interactive"] = new JsonObject { ["language"] = language };
        }
    }

    private string? Word(string group, string key) =>
        Metadata[group] is JsonObject fields && fields[key]?.GetValueKind() == JsonValueKind.String
            ? fields[key]!.GetValue<string>()
            : null;
}
