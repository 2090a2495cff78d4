using System.Runtime.InteropServices;
using System.Text.Json;
using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Verification;

/// <summary>Reads <c>gaitprop-vectors/1</c> files (docs/formats.md, Reference vectors).</summary>
internal static class ReferenceFile
{
    private const string Schema = "gaitprop-vectors/1";

    /// <summary>The cases of a file.</summary>
    /// <exception cref="GaitPropException">The file is missing, or not of the format; the message says where.</exception>
    public static IReadOnlyList<ReferenceCase> Read(string path)
    {
        try
        {
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read the vectors {path}: {e.Message}", e);
        }
    }

    /// <summary>The cases that are embedded in this assembly.</summary>
    public static IReadOnlyList<(string File, IReadOnlyList<ReferenceCase> Cases)> Embedded()
    {
        const string Prefix = "GaitProp.Verification.Vectors.";
        var assembly = typeof(ReferenceFile).Assembly;
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var stream = assembly.GetManifestResourceStream(name)!;
                    using var bytes = new MemoryStream();
                    stream.CopyTo(bytes);
                    return (name[Prefix.Length..], Parse(name[Prefix.Length..], bytes.ToArray()));
                }),
        ];
    }

    /// <summary>Letters of a case's name. A quote that is missing makes a name of what follows it.</summary>
    private const int MostLetters = 200;

    /// <summary>Letters of an error that quotes the file.</summary>
    private const int MostMessage = 500;

    private static ReferenceCase[] Parse(string file, byte[] json)
    {
        LibTorch.Load();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            var schema = Field(root, "schema").GetString();
            if (schema != Schema)
            {
                throw new GaitPropException($"{file}: the schema is '{schema}', not '{Schema}'.");
            }

            ReferenceCase[] cases = [.. Field(root, "cases").EnumerateArray().Select((c, i) => Case(c, Text($"{file}, case {i + 1}")))];
            return cases.Length > 0 ? cases : throw new GaitPropException($"{file} has no cases: there is nothing to check.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new GaitPropException($"{file} is not a {Schema} file: {Shortened(e.Message)}", e);
        }
        catch (GaitPropException e) when (e.Message.Length > MostMessage)
        {
            throw new GaitPropException(Shortened(e.Message), e);
        }
    }

    private static ReferenceCase Case(JsonElement json, string where)
    {
        try
        {
            var reference = ReadCase(json, where);
            reference.Validate(where);
            return reference;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ExternalException)
        {
            throw new GaitPropException($"{where}: it is not of the format {Schema}: {Shortened(e.Message.Split('\n')[0])}", e);
        }
    }

    private static ReferenceCase ReadCase(JsonElement json, string where)
    {
        var layers = Field(json, "layers").EnumerateArray().Select((l, i) => Layer(l, Text($"{where}, layer {i + 1}"))).ToArray();
        var loss = Field(json, "loss");
        var kind = Field(loss, "kind").GetString();
        var (crossEntropy, data) = kind switch
        {
            "cross-entropy-sum" => (
                true,
                tensor(Field(loss, "labels").EnumerateArray().Select(l => l.GetInt64()).ToArray()).DetachFromDisposeScope()
            ),
            "half-mean-square" => (false, Numbers(Field(loss, "target"))),
            _ => throw new GaitPropException($"{where}: the loss '{kind}' is not known; cross-entropy-sum and half-mean-square are."),
        };
        return new ReferenceCase(
            json.TryGetProperty("name", out var name) ? Name(name) : where,
            Numbers(Field(json, "input")),
            layers,
            crossEntropy,
            data,
            Number(loss, "targetStep") ?? 0.5,
            Number(loss, "value"),
            [.. Field(json, "activations").EnumerateArray().Select(a => Numbers(a))],
            [.. Field(json, "rules").EnumerateArray().Select(r => Rule(r, where))]
        );
    }

    private static ReferenceLayer Layer(JsonElement json, string where)
    {
        var kind = Field(json, "kind").GetString() ?? "";
        var type = kind.Split(' ')[0];
        if (!LayerCatalog.Names.Contains(type))
        {
            throw new GaitPropException($"{where}: {Suggestion.Unknown("kind of layer", type, LayerCatalog.Names)}");
        }

        if (kind is not ("dense" or "conv"))
        {
            return new ReferenceLayer(empty(0, ScalarType.Float64), empty(0, ScalarType.Float64), null, LeakyReLU.Identity, 0, null)
            {
                Plan = Plan(kind, where),
                Named = json.EnumerateObject()
                    .Where(p => p.Value.ValueKind == JsonValueKind.Array)
                    .ToDictionary(p => p.Name, p => Numbers(p.Value)),
            };
        }

        var weight = Numbers(Field(json, "weight"), sides: 2);
        var slope = Field(json, "activation").GetString() switch
        {
            "leaky-relu" => Field(json, "slope").GetDouble(),
            "linear" => 1,
            var other => throw new GaitPropException($"{where}: the activation '{other}' is not known; leaky-relu and linear are."),
        };
        (int, int)? convolution = kind switch
        {
            "dense" => null,
            _ when !json.TryGetProperty("padding", out var padding) || padding.GetString() == "same" => (
                Field(json, "kernel").GetInt32(),
                Field(json, "stride").GetInt32()
            ),
            _ => throw new GaitPropException($"{where}: the padding '{Field(json, "padding").GetString()}' is not known; same is."),
        };
        return new ReferenceLayer(
            weight,
            Numbers(Field(json, "bias"), sides: 1),
            Gain(json, weight.shape[0], where),
            new LeakyReLU(slope),
            json.TryGetProperty("keep", out var keep) ? keep.GetInt32() : (int)weight.shape[0],
            convolution
        );
    }

    private static LayerDefinition Plan(string kind, string where)
    {
        try
        {
            return LayerDefinition.Parse(kind);
        }
        catch (GaitPropException e)
        {
            throw new GaitPropException($"{where}: {e.Message}", e);
        }
    }

    /// <summary>The gain of a layer: a number for all rows, or a list of one for each; absent where every one is 1.</summary>
    private static Tensor? Gain(JsonElement json, long rows, string where)
    {
        if (!json.TryGetProperty("gain", out var gain))
        {
            return null;
        }

        var values = Listed(gain);
        return
            (gain.ValueKind != JsonValueKind.Number && values.shape[0] != rows)
            || !values.isfinite().logical_and(values.ne(0)).all().IsTrue()
            ? throw new GaitPropException($"{where}: gain must be a number, or a list of {rows}, one for each row; none of them 0.")
            : values;
    }

    /// <summary>A list of numbers; one number is a list of itself.</summary>
    private static Tensor Listed(JsonElement json) =>
        json.ValueKind == JsonValueKind.Number ? tensor(new[] { json.GetDouble() }).DetachFromDisposeScope() : Numbers(json, sides: 1);

    private static ReferenceRule Rule(JsonElement json, string where)
    {
        var name = Field(json, "rule").GetString() switch
        {
            "backprop" => "bp",
            "gait" => "gait",
            "normalised-gait" => "ngait",
            "target-propagation" => "tp",
            var other => throw new GaitPropException(
                $"{where}: the rule '{other}' is not known; backprop, gait, normalised-gait and target-propagation are."
            ),
        };
        return new ReferenceRule(
            name,
            Number(json, "gamma"),
            Number(json, "eta"),
            [.. Field(json, "gradients").EnumerateArray().Select(Gradient)],
            json.TryGetProperty("targets", out var targets) ? [.. targets.EnumerateArray().Select(t => Numbers(t))] : null,
            json.TryGetProperty("anglesToBackprop", out var angles)
                ? [.. angles.EnumerateArray().Select(a => a.ValueKind == JsonValueKind.Number ? a.GetDouble() : (double?)null)]
                : null,
            json.TryGetProperty("form", out var form) && form.ValueKind == JsonValueKind.String && form.GetString() == "exact"
        );
    }

    /// <summary>By weight, bias and gain; of other layers by their parameters, in the layer's order.</summary>
    private static LayerGradient Gradient(JsonElement json) =>
        json.TryGetProperty("weight", out var weight) || json.TryGetProperty("bias", out _)
            ? new(
                Numbers(weight.ValueKind == JsonValueKind.Undefined ? Field(json, "weight") : weight, sides: 2),
                Numbers(Field(json, "bias"), sides: 1),
                json.TryGetProperty("gain", out var gain) ? Listed(gain) : null
            )
            : new([.. json.EnumerateObject().Select(p => Numbers(p.Value))]);

    private static string Shortened(string message) => message.Length > MostMessage ? $"{message[..MostMessage]}…" : message;

    private static string Name(JsonElement json) =>
        json.GetString() switch
        {
            null => throw new FormatException("the name is null"),
            { Length: > MostLetters } name => throw new FormatException(Text($"the name has {name.Length} letters, {MostLetters} at most")),
            var name => name,
        };

    private static JsonElement Field(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : throw new FormatException($"the field '{name}' is missing");

    private static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    /// <summary>Nested lists of numbers as a float64 tensor of their shape, which has so many sides if that is asked for.</summary>
    private static Tensor Numbers(JsonElement json, int? sides = null)
    {
        var shape = new List<long>();
        for (var level = json; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
            if (level.GetArrayLength() == 0)
            {
                break;
            }
        }

        if (sides is { } expected && shape.Count != expected)
        {
            throw new FormatException(Text($"numbers have a shape of {shape.Count} sides, not {expected}"));
        }

        var values = new List<double>();
        Collect(json, values);
        if (values.Count != Shapes.Units(shape))
        {
            throw new FormatException("lists that stand side by side differ in length");
        }

        if (!values.TrueForAll(double.IsFinite))
        {
            throw new FormatException("a number is not finite");
        }

        return tensor(values.ToArray(), [.. shape], dtype: ScalarType.Float64).DetachFromDisposeScope();
    }

    private static void Collect(JsonElement json, List<double> values)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            values.Add(json.GetDouble());
            return;
        }

        foreach (var element in json.EnumerateArray())
        {
            Collect(element, values);
        }
    }
}
