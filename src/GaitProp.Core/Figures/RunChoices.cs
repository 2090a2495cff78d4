using System.Text.Json.Nodes;

namespace GaitProp.Figures;

/// <summary>
/// What a run chose that few do: the fields that <c>run.json</c> names only where they are not at their defaults, in words.
/// </summary>
internal static class RunChoices
{
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
            yield return "feedback from the next layer's seed";
        }

        if ((int?)experiment["shuffleBuffer"] is { } buffer)
        {
            yield return $"shuffled in a buffer of {buffer}";
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

    /// <summary>How the training images were changed at random, no word for most runs.</summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    public static IEnumerable<string> OfImages(JsonNode experiment)
    {
        if ((bool?)experiment["mirror"] is true)
        {
            yield return "images mirrored at random";
        }

        if ((int?)experiment["shift"] is > 0 and var pixels)
        {
            yield return $"images shifted by up to {pixels} pixel{(pixels == 1 ? "" : "s")}";
        }
    }

    /// <summary>Both.</summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    public static IEnumerable<string> All(JsonNode experiment) => Of(experiment).Concat(OfImages(experiment));
}
