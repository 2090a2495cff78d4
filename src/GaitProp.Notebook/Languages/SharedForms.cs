using System.Data;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GaitProp.Notebook.CSharp;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Notebook.Languages;

/// <summary>
/// Values on their way from one language to another. The library hands on a form, JSON most often; a language of this process takes the
/// object that the form was made of, so that nothing is copied and nothing lost.
/// </summary>
internal static class SharedForms
{
    private const string Json = "application/json";

    private static readonly ConditionalWeakTable<FormattedValue, object> Objects = [];

    private static readonly JsonSerializerOptions Options = new()
    {
        MaxDepth = 32,
        ReferenceHandler = ReferenceHandler.IgnoreCycles,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>A form of a value, which remembers the value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mime">The form that is asked for.</param>
    /// <param name="plain">An array in the place of a value that is one in another form.</param>
    public static FormattedValue Of(object? value, string mime, Func<object, object> plain)
    {
        FormattedValue form;
        try
        {
            form =
                mime == Json
                    ? new FormattedValue(Json, value is null ? "null" : JsonOf(plain(value)))
                    : FormattedValue.CreateSingleFromObject(value, mime);
        }
#pragma warning disable CA1031 // Not every object has every form; the object itself goes along in any case.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var cause = e.GetBaseException();
            form = new FormattedValue(
                PlainTextFormatter.MimeType,
                $"{value?.GetType().Name ?? "null"} ({cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")})"
            );
        }

        if (value is not null)
        {
            Objects.AddOrUpdate(form, value);
        }

        return form;
    }

    /// <summary>The object that is sent; <see langword="null"/> if there is a form alone.</summary>
    /// <param name="command">What is sent.</param>
    public static object? Object(SendValue command) =>
        command.Value ?? (command.FormattedValue is { } form && Objects.TryGetValue(form, out var value) ? value : null);

    /// <summary>The stop button of whoever asks for a value: the kit's own host stops its cells by a token of its own.</summary>
    /// <param name="context">What asks.</param>
    public static CancellationToken Stop(KernelInvocationContext context) =>
        CellScope.Starter is { Ended: false } cell ? cell.Interrupt : context.CancellationToken;

    /// <summary>Does something of which the library would not say that it failed: the cell says it.</summary>
    /// <param name="share">What to do.</param>
    public static async Task SaidAsync(Func<Task> share)
    {
        try
        {
            await share().ConfigureAwait(false);
        }
        catch (Exception e) when (CellScope.Starter is { Ended: false } cell)
        {
            cell.Fail(e);
            throw;
        }
    }

    /// <summary>JSON of a value: arrays of several dimensions as lists of lists, tables as lists of objects.</summary>
    /// <param name="value">The value.</param>
    public static string JsonOf(object value) =>
        value switch
        {
            Array { Rank: > 1 } array => Nested(array, new int[array.Rank], 0).ToJsonString(Options),
            DataTable table => new JsonArray([
                .. table
                    .Rows.Cast<DataRow>()
                    .Select(r =>
                        (JsonNode)
                            new JsonObject(table.Columns.Cast<DataColumn>().Select(c => KeyValuePair.Create(c.ColumnName, Node(r[c]))))
                    ),
            ]).ToJsonString(Options),
            _ => JsonSerializer.Serialize(value, value.GetType(), Options),
        };

    private static JsonNode? Node(object? value) =>
        value is null or DBNull ? null : JsonSerializer.SerializeToNode(value, value.GetType(), Options);

    private static JsonArray Nested(Array array, int[] place, int axis)
    {
        var list = new JsonArray();
        for (place[axis] = 0; place[axis] < array.GetLength(axis); place[axis]++)
        {
            list.Add(axis == array.Rank - 1 ? Node(array.GetValue(place)) : Nested(array, place, axis + 1));
        }

        return list;
    }
}
