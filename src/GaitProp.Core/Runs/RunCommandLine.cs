using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Runs;

/// <summary>The command that makes a run again, worked out from what the run says of itself.</summary>
internal static class RunCommandLine
{
    /// <summary>
    /// The command: a built-in experiment, and whatever the run has otherwise as <c>--set</c>; DIR is the folder of the prepared photos.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <returns><see langword="null"/> if the experiment is not built in.</returns>
    public static string? Of(RunDescription run)
    {
        var (name, rule, preset) = (Text(run.Experiment["name"]), Text(run.Experiment["rule"]), Text(run.Experiment["preset"]));
        var (epochs, seed) = ((int)run.Experiment["epochs"]!, (int)run.Experiment["seed"]!);
        if (!ExperimentDocument.BuiltIn.Contains(name))
        {
            return null;
        }

        var plain = ExperimentJson.Whole(
            ExperimentDocument
                .Open(name)
                .Resolve(
                    rule,
                    new ExperimentChoices
                    {
                        Preset = preset,
                        Epochs = epochs,
                        Seed = seed,
                    }
                )
        );
        var words = Wording.Text($"gaitprop train {name} --rule {rule} --preset {preset} --epochs {epochs} --seed {seed}");
        words += string.Concat(Differences(plain, Said(Whole(run.Experiment)), "").Select(d => $" --set {CommandWord.Quoted(d)}"));
        words += run.Origin is { } origin ? $" --from {CommandWord.Quoted(Portable(origin.File))}" : "";
        words +=
            Text(run.Experiment["data"]) == Data.Photos.Prepared.Name ? " --data DIR"
            : run.Data.StandsInFor is not null ? $" --data {DataSets.Embedded}"
            : "";
        return run.Environment.Device == "cpu" ? Wording.Text($"{words} --threads {run.Environment.Threads}") : words;
    }

    /// <summary>
    /// The settings of a run with what it leaves out, which is at its default, and may be at another value in the experiment; as they are if
    /// data or layers of a notebook are among them, which are not known here.
    /// </summary>
    private static JsonNode Whole(JsonNode settings)
    {
        try
        {
            return ExperimentJson.Whole(ExperimentJson.FromJson(Said(settings)));
        }
        catch (GaitPropException)
        {
            return settings;
        }
    }

    /// <summary>
    /// A checkpoint, or kept weights, as it is seen from the folder of its store, which is the same on every machine; of another file its
    /// name.
    /// </summary>
    /// <param name="file">The file.</param>
    internal static string Portable(string file)
    {
        var parts = file.Split('/', '\\');
        var take =
            parts is [.., "checkpoints", _] ? 4
            : parts[^1] == RunRecorder.WeightsFile ? 3
            : 1;
        return string.Join('/', parts.TakeLast(take));
    }

    /// <summary>
    /// What the experiment says that matters: of a constraint that there is not, nothing; and a run from before there were ranks retracted
    /// all directions.
    /// </summary>
    internal static JsonNode Said(JsonNode experiment)
    {
        var said = experiment.DeepClone();
        if (said["orthogonality"] is JsonObject constraint)
        {
            var kind = Text(constraint["kind"]);
            if (kind == "retraction" && !constraint.ContainsKey("rank"))
            {
                constraint["rank"] = 0;
            }

            foreach (
                var field in kind switch
                {
                    "none" => ["lambda", "rank", "every"],
                    "penalty" => ["rank", "every"],
                    _ => (string[])["lambda"],
                }
            )
            {
                constraint.Remove(field);
            }
        }

        return said;
    }

    private static IEnumerable<string> Differences(JsonNode? plain, JsonNode? run, string path)
    {
        if (run is JsonObject fields)
        {
            return fields.SelectMany(f =>
                Differences((plain as JsonObject)?[f.Key], f.Value, path.Length == 0 ? f.Key : $"{path}.{f.Key}")
            );
        }

        return JsonNode.DeepEquals(plain, run) ? [] : [$"{path}={Text(run)}"];
    }

    private static string Text(JsonNode? value) => value?.ToString() ?? "null";
}
