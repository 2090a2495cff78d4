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

    private int? _epoch;

    /// <summary>The lists of the line: one without elements has no value that could tell of it.</summary>
    private (bool Angles, bool Defects) _lists;

    /// <summary>What the line is about: <c>step</c> or <c>epoch</c>.</summary>
    public string? Kind { get; private set; }

    /// <summary>The epoch, from 1; 0 before training.</summary>
    public int Epoch => _epoch ?? 0;

    /// <summary>Steps taken; <see langword="null"/> on a line of times.</summary>
    public long? Step { get; private set; }

    /// <summary>
    /// The numbers, in the line's order. What was not measured is not among them; an angle that was and is undefined, is.
    /// </summary>
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
            throw new JsonException("a value is not the number that it should be.");
        }

        // The undefined mean of no angles is one that nobody measured. That of others is taken anew: older versions counted the output
        // layer in.
        var angles = parsed._values.Where(v => v.Metric == "angle" && v.Layer is not null).Select(v => v.Value).ToArray();
        if (parsed._values.FindIndex(v => v is ("meanAngle", null, _)) is >= 0 and var mean)
        {
            if (angles.Length == 0)
            {
                parsed._values.RemoveAt(mean);
            }
            else
            {
                parsed._values[mean] = new("meanAngle", null, StepMetrics.MeanOf(angles));
            }
        }

        return parsed;
    }

    /// <summary>Reads a line of <c>metrics.jsonl</c>, which has all that its kind must have.</summary>
    /// <param name="line">UTF-8, without the line feed.</param>
    /// <exception cref="JsonException">It is not one object of numbers, of a kind that is not known, or it lacks a field.</exception>
    public static MetricLine ParseMetrics(ReadOnlySpan<byte> line)
    {
        var parsed = Parse(line);
        switch (parsed.Kind)
        {
            case "step":
                _ = parsed.ToStep();
                break;
            case "epoch":
                _ = parsed.ToEpoch();
                break;
            default:
                throw new JsonException(
                    parsed.Kind is null ? "it does not say its kind." : $"its kind is '{parsed.Kind}', neither step nor epoch."
                );
        }

        return parsed;
    }

    /// <summary>Reads a line of <c>timing.jsonl</c>, which has all that it must have.</summary>
    /// <param name="line">UTF-8, without the line feed.</param>
    /// <exception cref="JsonException">It is not one object of numbers, or it lacks a field.</exception>
    public static MetricLine ParseTiming(ReadOnlySpan<byte> line)
    {
        var parsed = Parse(line);
        _ = parsed.ToTiming();
        return parsed;
    }

    /// <summary>What was measured at a step.</summary>
    /// <exception cref="JsonException">A field is missing.</exception>
    public StepMetrics ToStep() =>
        new(
            _epoch ?? throw Missing("epoch"),
            Step ?? throw Missing("step"),
            Required("loss"),
            List("angles", "angle", _lists.Angles),
            List("distances", "distance", true),
            [.. List("transposes", "transpose", true).Select(t => t ?? throw new JsonException("a share of transposes is null."))]
        );

    /// <summary>What was measured after an epoch.</summary>
    /// <exception cref="JsonException">A field is missing.</exception>
    public EpochMetrics ToEpoch() =>
        new(
            _epoch ?? throw Missing("epoch"),
            Step ?? throw Missing("step"),
            Required("trainLoss"),
            Required("trainAccuracy"),
            Required("testLoss"),
            Required("testAccuracy"),
            [.. List("defects", "defect", _lists.Defects).Select(d => d ?? throw new JsonException("a defect is null."))],
            this["trainTop5"],
            this["testTop5"]
        )
        {
            ValidationLoss = this["validationLoss"],
            ValidationAccuracy = this["validationAccuracy"],
            ValidationTop5 = this["validationTop5"],
        };

    /// <summary>How long an epoch took.</summary>
    /// <exception cref="JsonException">A field is missing.</exception>
    public EpochTiming ToTiming() =>
        new(
            _epoch ?? throw Missing("epoch"),
            Required("steps") is var steps && steps is >= 0 and <= int.MaxValue
                ? (int)steps
                : throw new JsonException("steps is no number of steps."),
            Required("stepSeconds", "meanStepSeconds"),
            Required("trainSeconds"),
            Required("angleSeconds"),
            Required("evaluationSeconds"),
            this["checkpointSeconds"] ?? 0,
            this["memoryMegabytes"]
        );

    private static JsonException Missing(string field) => new($"it has no {field}.");

    private double Required(string metric, string? field = null) => this[metric] ?? throw Missing(field ?? metric);

    private double?[] List(string field, string metric, bool isThere) =>
        isThere ? [.. _values.Where(v => v.Layer is not null && v.Metric == metric).Select(v => v.Value)] : throw Missing(field);

    private void Add(string name, ref Utf8JsonReader reader)
    {
        switch (name, reader.TokenType)
        {
            case ("kind", JsonTokenType.String):
                Kind = reader.GetString();
                break;
            case ("epoch", JsonTokenType.Number):
                _epoch = reader.GetInt32();
                break;
            case ("step", JsonTokenType.Number):
                Step = reader.GetInt64();
                break;
            case (_, JsonTokenType.Number):
                _values.Add(new(name, null, Finite(ref reader)));
                break;
            case ("meanAngle", JsonTokenType.Null):
                _values.Add(new(name, null, null));
                break;
            case (_, JsonTokenType.StartArray):
                _lists = (_lists.Angles || name == "angle", _lists.Defects || name == "defect");
                for (var layer = 1; reader.Read() && reader.TokenType != JsonTokenType.EndArray; layer++)
                {
                    _values.Add(new(name, layer, reader.TokenType == JsonTokenType.Null ? null : Finite(ref reader)));
                }

                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static double Finite(ref Utf8JsonReader reader) =>
        reader.GetDouble() is var value && double.IsFinite(value) ? value : throw new JsonException("a number is too large.");

    /// <summary>The metric's name. Those that the kit writes are not made anew on each line.</summary>
    private static string Name(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("kind"u8) ? "kind"
        : reader.ValueTextEquals("epoch"u8) ? "epoch"
        : reader.ValueTextEquals("step"u8) ? "step"
        : reader.ValueTextEquals("angles"u8) ? "angle"
        : reader.ValueTextEquals("defects"u8) ? "defect"
        : reader.ValueTextEquals("distances"u8) ? "distance"
        : reader.ValueTextEquals("transposes"u8) ? "transpose"
        : reader.ValueTextEquals("meanStepSeconds"u8) ? "stepSeconds"
        : string.Intern(reader.GetString()!);
}
