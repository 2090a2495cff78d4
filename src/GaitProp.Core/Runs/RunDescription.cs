using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GaitProp.Data;

namespace GaitProp;

/// <summary>How a run ended, or that it has not.</summary>
internal enum RunStatus
{
    /// <summary>Under way.</summary>
    Running,

    /// <summary>All epochs done.</summary>
    Finished,

    /// <summary>Stopped by the user.</summary>
    Interrupted,

    /// <summary>Stopped by an error, such as a full disk; it can be resumed.</summary>
    Failed,

    /// <summary>Stopped because values were no longer finite.</summary>
    Diverged,
}

/// <summary>The data that a run used.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Embedded">Whether it is the embedded set.</param>
/// <param name="StandsInFor">The published data set that it was used in place of, or <see langword="null"/>.</param>
/// <param name="Train">Training images used.</param>
/// <param name="Test">Test images used.</param>
/// <param name="Checksum">SHA-256 of the pixels and labels used.</param>
internal sealed record RunData(string Name, string Source, bool Embedded, string? StandsInFor, int Train, int Test, string? Checksum = null)
{
    /// <summary>Pixels of a row of an image; <see langword="null"/> in runs of older versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Width { get; init; }

    /// <summary>Rows of an image; <see langword="null"/> in runs of older versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Height { get; init; }

    /// <summary>Channels of an image; <see langword="null"/> in runs of older versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Channels { get; init; }

    /// <summary>How many classes they are of; <see langword="null"/> in runs of older versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Classes { get; init; }

    /// <summary>Training images that were held out for validation; they are not among <see cref="Train"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Validation { get; init; }

    /// <summary>The images in words: <c>40000 training, 10000 validation and 10000 test images</c>.</summary>
    [JsonIgnore]
    public string Images => ImagesOf("images");

    /// <summary>The same of images that are called something else.</summary>
    /// <param name="images">What they are.</param>
    internal string ImagesOf(string images) =>
        Text($"{Train} training{(Validation > 0 ? Text($", {Validation} validation") : "")} and {Test} test {images}");

    /// <summary>Describes a data set.</summary>
    /// <param name="data">The data set, cut to the images used.</param>
    /// <param name="standsInFor">The published data set that it is used in place of, or <see langword="null"/>.</param>
    /// <param name="validation">How many of its training images are held out.</param>
    public static RunData Of(ImageDataset data, string? standsInFor, int validation = 0)
    {
        return new(data.Name, data.Source, data.IsEmbedded, standsInFor, data.Train.Count - validation, data.Test.Count, data.Checksum())
        {
            Validation = validation,
            Width = data.Train.Width,
            Height = data.Train.Height,
            Channels = data.Train.Channels,
            Classes = data.ClassNames.Count,
        };
    }

    /// <summary>Whether the images are prepared photos, of whatever size and classes.</summary>
    /// <param name="experiment">The run's experiment.</param>
    internal bool IsOfPhotos(JsonNode experiment) => !Embedded && (string?)experiment["data"] == Photos.Prepared.Name;

    /// <summary>The same without the place on this machine where the images lie.</summary>
    internal RunData WithoutPlace() =>
        this with
        {
            Source = Embedded ? Source : Path.GetFileName(Path.TrimEndingDirectorySeparator(Source)),
        };
}

/// <summary>A layer as <c>run.json</c> describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">Inputs of one output.</param>
/// <param name="Outputs">Outputs, auxiliary ones included.</param>
/// <param name="Keep">Outputs that go on.</param>
/// <param name="Auxiliary">How the auxiliary units are represented.</param>
/// <param name="Parameters">Trained numbers.</param>
internal sealed record RunLayer(string Name, long Inputs, int Outputs, int Keep, AuxiliaryUnits Auxiliary, long Parameters)
{
    /// <summary>Describes the layers of a network.</summary>
    /// <param name="network">The network.</param>
    public static IReadOnlyList<RunLayer> Of(Network network)
    {
        return [.. network.Layers.Select(l => new RunLayer(l.Name, l.FanIn, l.Outputs, l.Keep, l.Auxiliary, l.Parameters))];
    }
}

/// <summary>A run was taken up again.</summary>
/// <param name="Time">When.</param>
/// <param name="Step">The step it went on from.</param>
internal sealed record RunResumption(DateTimeOffset Time, long Step);

/// <summary>A run was recorded.</summary>
/// <param name="Time">When.</param>
/// <param name="Command">The command that makes the same run; <see langword="null"/> if its experiment is not built in.</param>
internal sealed record RunRecording(DateTimeOffset Time, string? Command);

/// <summary>The weights that a run began with.</summary>
/// <param name="File">The file that they were in.</param>
/// <param name="Run">The run that they are of, with its experiment before it.</param>
/// <param name="Step">The optimiser steps that it had taken.</param>
/// <param name="Sha256">Of names, shapes and numbers.</param>
internal sealed record RunOrigin(string File, string Run, long Step, string Sha256)
{
    /// <summary>In one phrase: <c>cifar-shallow/bp-s1-20261123-175612, step 392 (FILE)</c>.</summary>
    public override string ToString() => Text($"{Run}, step {Step} ({File})");
}

/// <summary>The content of <c>run.json</c>: what was run, on what, where, and how it ended.</summary>
internal sealed record RunDescription
{
    /// <summary>More threads than any machine has; a number from a damaged file must not make so many.</summary>
    private const int MostThreads = 4096;

    /// <summary>The format, <c>gaitprop-run/1</c>.</summary>
    public string Schema { get; init; } = "gaitprop-run/1";

    /// <summary>The folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>How the run ended, or that it has not.</summary>
    public RunStatus Status { get; init; }

    /// <summary>Why it failed, in one line.</summary>
    public string? Error { get; init; }

    /// <summary>Equal for runs that compute the same: a hash of the experiment, of the data used, and of <see cref="Code"/>.</summary>
    public string? Identity { get; init; }

    /// <summary>
    /// What the code of a rule or of layers of the user's own computed, as a hash; <see langword="null"/> where all is the kit's.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>When it was resumed, and from which step.</summary>
    public IReadOnlyList<RunResumption> Resumed { get; init; } = [];

    /// <summary>The experiment, every value resolved.</summary>
    public required JsonNode Experiment { get; init; }

    /// <summary>The data it used.</summary>
    public required RunData Data { get; init; }

    /// <summary>The layers of its network.</summary>
    public required IReadOnlyList<RunLayer> Layers { get; init; }

    /// <summary>The machine and versions.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>The weights that it began with; <see langword="null"/> for those that its seed draws.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunOrigin? Origin { get; init; }

    /// <summary>Epochs from one checkpoint that stays to the next; <see langword="null"/> if none stays but the last ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? KeepEvery { get; init; }

    /// <summary>
    /// When it was taken out of its store to be kept beside a figure, and the command that made it; <see langword="null"/> for a run in its
    /// store.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunRecording? Recorded { get; init; }

    /// <summary>
    /// Whether there is something left to do; a run that says it is under way may have been killed. A recorded one has no checkpoints.
    /// </summary>
    [JsonIgnore]
    public bool CanResume => Recorded is null && Status is not (RunStatus.Finished or RunStatus.Diverged);

    /// <summary>The place of the last layer that trains something (<see cref="Network.OutputLayer"/>), from 0; 0 if none does.</summary>
    [JsonIgnore]
    public int OutputLayer => Layers.Index().LastOrDefault(l => l.Item.Parameters > 0).Index;

    /// <summary>What the types of the fields do not say: what else may not be missing, and what numbers are possible.</summary>
    /// <exception cref="JsonException">Something is; the message names it.</exception>
    internal void Check()
    {
        var experiment = Experiment as JsonObject ?? throw new JsonException("experiment is not an object.");
        foreach (var text in (string[])["name", "network", "rule", "preset"])
        {
            Require(experiment[text]?.GetValueKind() == JsonValueKind.String, $"experiment.{text} is no text.");
        }

        foreach (var number in (string[])["epochs", "seed"])
        {
            Require(
                experiment[number] is JsonValue value
                    && value.GetValueKind() == JsonValueKind.Number
                    && value.TryGetValue<int>(out var whole)
                    && whole >= 0,
                $"experiment.{number} is no whole number."
            );
        }

        Require(experiment["orthogonality"] is null or JsonObject, "experiment.orthogonality is not an object.");
        Require(experiment["data"] is null || experiment["data"]!.GetValueKind() == JsonValueKind.String, "experiment.data is no text.");
        Require(Enum.IsDefined(Status), $"status {(int)Status} is not known.");
        Require(Name.Length > 0, "name is empty.");
        Require(Code is null || (Code.Length == 64 && Code.All(char.IsAsciiHexDigit)), "code is not 64 hexadecimal digits.");
        Require(Data.Train >= 0 && Data.Test >= 0 && Data.Validation >= 0, "data has less than no images.");
        Require(Data is { Width: null or > 0, Height: null or > 0 }, "data has images without a size.");
        Require(
            Layers.All(l => l is { Inputs: > 0, Outputs: > 0, Keep: > 0 } && Enum.IsDefined(l.Auxiliary)),
            "layers has one that is null or without a size."
        );
        Require(Environment.Threads is > 0 and <= MostThreads, $"environment.threads is {Environment.Threads}.");
        Require(Resumed.All(r => r is { Step: >= 0 }), "resumed has a step that is null or less than 0.");
        Require(KeepEvery is null or > 0, "keepEvery is less than 1.");
        Require(
            Origin is null or { File.Length: > 0, Step: >= 0, Sha256.Length: > 0 },
            "origin has no file, no sha256, or a step that is less than 0."
        );
        Require(Recorded is null || Recorded.Time != default, "recorded has no time.");

        static void Require(bool holds, string problem)
        {
            if (!holds)
            {
                throw new JsonException(problem);
            }
        }
    }
}
