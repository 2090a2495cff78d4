using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>The settings of an experiment as names and values.</summary>
internal static class SettingsTable
{
    /// <summary>Draws up the table.</summary>
    /// <param name="experiment">The experiment.</param>
    public static Table Of(Experiment experiment) => Table.OfFields(Fields(ExperimentJson.ToJson(experiment)));

    /// <summary>Names and values; nested ones stand in a line.</summary>
    /// <param name="experiment">The settings, as <c>run.json</c> holds them.</param>
    public static IEnumerable<(string Name, object? Value)> Fields(JsonNode experiment) =>
        experiment.AsObject().Select(f => (f.Key, (object?)Value(f.Value)));

    private static string? Value(JsonNode? value) =>
        value switch
        {
            null => null,
            JsonObject fields => string.Join(", ", fields.Select(f => $"{f.Key} {Value(f.Value) ?? Quantity.Nothing}")),
            _ when value.GetValueKind() == JsonValueKind.Number => value
                .ToJsonString()
                .Replace("E-0", "e-", StringComparison.Ordinal)
                .Replace("E-", "e-", StringComparison.Ordinal),
            _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            _ => value.ToJsonString(),
        };
}
