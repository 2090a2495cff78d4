using GaitProp.Notebook.Outputs;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Kernel.Formatters;

/// <summary>The settings of an experiment as names and values.</summary>
internal static class SettingsHtml
{
    /// <summary>An experiment's settings, as <c>run.json</c> holds them.</summary>
    public static JsonNode Json(Experiment experiment) => ExperimentJson.ToJson(experiment);

    /// <summary>Names and values; nested ones are written in a line.</summary>
    public static IEnumerable<(string Name, string Value)> Of(JsonNode experiment) => experiment.AsObject().Select(f => (f.Key, Value(f.Value)));

    /// <summary>A table of them.</summary>
    public static string Table(JsonNode experiment) => CellHtml.Fields(Of(experiment).Select(f => (f.Name, HtmlText.Escape(f.Value))));

    private static string Value(JsonNode? value) => value switch
    {
        null => "-",
        JsonObject fields => string.Join(", ", fields.Select(f => $"{f.Key} {Value(f.Value)}")),
        _ when value.GetValueKind() == JsonValueKind.Number => value.ToJsonString().Replace("E-0", "e-", StringComparison.Ordinal).Replace("E-", "e-", StringComparison.Ordinal),
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
