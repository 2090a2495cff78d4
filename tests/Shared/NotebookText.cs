using System.Text.Json.Nodes;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Tests;

/// <summary>Notebooks of tests.</summary>
internal static class NotebookText
{
    /// <summary>A notebook of code cells.</summary>
    public static NotebookDocument OfCode(params string[] sources) => Read(Code(sources));

    /// <summary>The text of a notebook of code cells.</summary>
    public static string Code(params string[] sources) =>
        new JsonObject
        {
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
            ["metadata"] = new JsonObject(),
            ["cells"] = new JsonArray([
                .. sources.Select(
                    (s, i) =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["cell_type"] = "code",
                                ["id"] = $"c{i}",
                                ["metadata"] = new JsonObject(),
                                ["execution_count"] = null,
                                ["outputs"] = new JsonArray(),
                                ["source"] = s,
                            }
                ),
            ]),
        }.ToJsonString();

    /// <summary>Reads a text.</summary>
    public static NotebookDocument Read(string text) => NotebookReader.Parse(text, "test.ipynb");
}
