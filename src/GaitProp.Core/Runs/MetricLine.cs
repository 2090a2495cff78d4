using System.Text.Json;

namespace GaitProp.Runs;

/// <summary>One number of a line.</summary>
/// <param name="Metric">The property's name, in the singular where it has a value a layer: <c>testAccuracy</c>, <c>angle</c>.</param>
/// <param name="Layer">The layer, from 1; <see langword="null"/> for the whole network.</param>
/// <param name="Value">The number; <see langword="null"/> where it is undefined.</param>
internal readonly record struct MetricValue(string Metric, int? Layer, double? Value);

/// <summary>A line of <c>metrics.jsonl</c> or <c>timing.jsonl</c>, whatever it measures.</summary>
internal sealed class MetricLine
{
    private readonly List<MetricValue> _values = [];

    /// <summary>What the line is about: <c>step</c> or <c>epoch</c>.</summary>
    public string? Kind { get; private set; }

    /// <summary>The epoch, from 1; 0 before training.</summary>
    public int Epoch { get; private set; }

    /// <summary>Steps taken; <see langword="null"/> on a line of times.</summary>
    public long? Step { get; private set; }

    /// <summary>The numbers, in the line's order. What was not measured is not among them; an angle that was and is undefined, is.</summary>
    public IReadOnlyList<MetricValue> Values => _values;

    /// <summary>The number of the whole network with a name, <see langword="null"/> if there is none.</summary>
    public double? this[string metric] => _values.Find(v => v.Layer is null && v.Metric == metric).Value;

    /// <summary>Reads a line.</summary>
    /// <param name="line">UTF-8, without the line feed.</param>
    /// <exception cref="JsonException">It is not one object of numbers.</exception>
    public static MetricLine Parse(ReadOnlySpan<byte> line)
    {
        var parsed = new MetricLine();
        var reader = new Utf8JsonReader(line);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("it is not an object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = Name(ref reader);
                reader.Read();
                parsed.Add(name, ref reader);
            }

            // What follows the object is damage, which the reader reports.
            reader.Read();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new JsonException("a value is not the number that it should be.", e);
        }

        // The undefined mean of no angles is one that nobody measured.
        if (!parsed._values.Exists(v => v.Metric == "angle"))
        {
            parsed._values.RemoveAll(v => v is ("meanAngle", null, null));
        }

        return parsed;
    }

    private void Add(string name, ref Utf8JsonReader reader)
    {
        switch (name, reader.TokenType)
        {
            case ("kind", JsonTokenType.String):
                Kind = reader.GetString();
                break;
            case ("epoch", JsonTokenType.Number):
                Epoch = reader.GetInt32();
                break;
            case ("step", JsonTokenType.Number):
                Step = reader.GetInt64();
                break;
            case (_, JsonTokenType.Number):
                _values.Add(new(name, null, reader.GetDouble()));
                break;
            case ("meanAngle", JsonTokenType.Null):
                _values.Add(new(name, null, null));
                break;
            case (_, JsonTokenType.StartArray):
                for (var layer = 1; reader.Read() && reader.TokenType != JsonTokenType.EndArray; layer++)
                {
                    _values.Add(new(name, layer, reader.TokenType == JsonTokenType.Null ? null : reader.GetDouble()));
                }

                break;
            default:
                reader.Skip();
                break;
        }
    }

    /// <summary>The metric's name. Those that the kit writes are not made anew on each line.</summary>
    private static string Name(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("kind"u8) ? "kind"
        : reader.ValueTextEquals("epoch"u8) ? "epoch"
        : reader.ValueTextEquals("step"u8) ? "step"
        : reader.ValueTextEquals("angles"u8) ? "angle"
        : reader.ValueTextEquals("defects"u8) ? "defect"
        : reader.ValueTextEquals("meanStepSeconds"u8) ? "stepSeconds"
        : string.Intern(reader.GetString()!);
}
