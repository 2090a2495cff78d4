using System.Text.Json.Nodes;

namespace GaitProp.Figures;

/// <summary>
/// What a run chose that few do: the fields that <c>run.json</c> names only where they are not at their defaults, in words.
/// </summary>
internal static class RunChoices
{
    private const string NextLayer = "feedback from the next layer's seed";

    /// <summary>The fields, by their paths.</summary>
    public static IReadOnlySet<string> Fields { get; } =
        new HashSet<string>
        {
            "optimizer.kind",
            "ruleOptions.feedback",
            "shuffleBuffer",
            "loss",
            "tf32",
            "activation",
            "validationImages",
            "mirror",
            "shift",
        };

    /// <summary>The choices, none for most runs.</summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    public static IEnumerable<string> Of(JsonNode experiment)
    {
        if ((string?)experiment["optimizer"]?["kind"] is { } optimizer and not "adam")
        {
            yield return optimizer switch
            {
                "keras-adam" => "Keras's Adam",
                "sgd" => "SGD",
                _ => optimizer,
            };
        }

        if ((string?)experiment["ruleOptions"]?["feedback"] is "next-layer")
        {
            yield return NextLayer;
        }

        if ((int?)experiment["shuffleBuffer"] is { } buffer)
        {
            yield return $"shuffled in a buffer of {buffer}";
        }

        if ((string?)experiment["loss"] is { } loss)
        {
            yield return loss == "mse" ? "squared error" : loss;
        }

        if ((bool?)experiment["tf32"] is true)
        {
            yield return "products in TF32";
        }

        if ((string?)experiment["activation"] is "linear")
        {
            yield return "linear activation";
        }

        if ((int?)experiment["validationImages"] is > 0 and var held)
        {
            yield return $"{held} images held out";
        }
    }

    /// <summary>
    /// Those of them that a run of every rule can make: accuracies of two rules say something of the rules where both made the same.
    /// </summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    public static IEnumerable<string> OfEveryRule(JsonNode experiment) => Of(experiment).Where(c => c != NextLayer);

    /// <summary>
    /// How the training images were changed at random: <c>images mirrored at random and shifted by up to 16 pixels</c>;
    /// <see langword="null"/> for most runs.
    /// </summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    public static string? OfImages(JsonNode experiment)
    {
        var mirrored = (bool?)experiment["mirror"] is true;
        var shift = (int?)experiment["shift"] ?? 0;
        var shifted = $"shifted by up to {Count(shift, "pixel")}";
        return (mirrored, shift) switch
        {
            (true, 0) => "images mirrored at random",
            (true, _) => $"images mirrored at random and {shifted}",
            (false, 0) => null,
            _ => $"images {shifted} at random",
        };
    }

    /// <summary>The choices, those of the images among them.</summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    public static IEnumerable<string> All(JsonNode experiment) =>
        OfImages(experiment) is { } images ? Of(experiment).Append(images) : Of(experiment);
}
