using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>Everything that decides what a run computes, apart from the data's pixels: two runs of one experiment on one data set are identical.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed partial record Experiment
{
    /// <summary>What names are made of: they are names of folders too.</summary>
    internal const string NamePattern = "[A-Za-z0-9][A-Za-z0-9._-]*";

    /// <summary>The experiment's name, such as <c>cifar-shallow</c>; runs are filed in a folder of this name.</summary>
    public required string Name { get; init; }

    /// <summary>The network: a published one's name, or layers from the input up, such as <c>conv 3x3/2 48, dense 10</c>.</summary>
    public required string Network { get; init; }

    /// <summary>The images: one of <see cref="DataSets.Names"/>.</summary>
    public string Data { get; init; } = "cifar10";

    /// <summary>The rule's name (<see cref="RuleCatalog"/>).</summary>
    public required string Rule { get; init; }

    /// <summary>The rule's options.</summary>
    public required RuleOptions RuleOptions { get; init; }

    /// <summary>The preset that the settings come from: <c>paper</c> or <c>fast</c>.</summary>
    public required string Preset { get; init; }

    /// <summary>How layers get square.</summary>
    public AuxiliaryUnits Auxiliary { get; init; }

    /// <summary>Gains of the layers above the first, <c>z = g (Q x) + b</c> (beyond the paper); a layer of an own network may say otherwise.</summary>
    public UnitGain Gain { get; init; }

    /// <summary>The activation of the layers below the last. Default: leaky ReLU.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public HiddenActivation Activation { get; init; }

    /// <summary>What is descended: <c>crossEntropy</c> of the softmax of the outputs, or <c>mse</c>, half their squared error against one for the label's and zero for the others. Default: crossEntropy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LossKind Loss { get; init; }

    /// <summary>Element type of weights, activations and updates: float32 or float64.</summary>
    public ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>
    /// Whether a CUDA device may round the factors of float32 products to the ten bits of TF32: faster, and the rule's updates are off by what that leaves. Default: no.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Tf32 { get; init; }

    /// <summary>The optimiser's settings.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The orthogonality constraint.</summary>
    public OrthogonalityOptions Orthogonality { get; init; } = new();

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 200;

    /// <summary>Images a step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Fixes weights, feedback and the order of the images.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Steps from one measurement of update angles to the next.</summary>
    public int AngleEvery { get; init; } = 100;

    /// <summary>Epochs from one measurement of accuracy to the next; the last epoch is always measured.</summary>
    public int EvaluateEvery { get; init; } = 1;

    /// <summary>Images that accuracy is measured on at once; <see langword="null"/>: a thousand of CIFAR-10's, eighty photos of 224 pixels. A smaller number takes less memory.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? EvaluationBatch { get; init; }

    /// <summary>The first so many training images are used; all of them if <see langword="null"/>.</summary>
    public int? TrainImages { get; init; }

    /// <summary>The first so many test images are used; all of them if <see langword="null"/>.</summary>
    public int? TestImages { get; init; }

    /// <summary>
    /// So many of the training images, the last ones, are not trained on: accuracy on them is measured beside that on the test images. None if 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ValidationImages { get; init; }

    /// <summary>
    /// Images in the buffer that an epoch's order is drawn through: a random one of them goes out whenever the next comes in. <see langword="null"/>: all images are shuffled,
    /// and photos that lie in shards through a buffer of 4096.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ShuffleBuffer { get; init; }

    /// <summary>Plans the network for images of some shape.</summary>
    /// <param name="inputShape">Channels, height, width.</param>
    /// <param name="classes">Classes of the images; logits of the network.</param>
    /// <exception cref="GaitPropException">The network cannot be read, or its last layer does not give one logit a class.</exception>
    public NetworkDefinition Define(IReadOnlyList<long> inputShape, int classes) => OwnNetwork.Define(Name, Network, inputShape, classes);

    /// <summary>Checks the values against each other.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public void Validate()
    {
        if (!FolderName().IsMatch(Name))
        {
            throw new GaitPropException($"name '{Name}' is not possible: runs are filed under it, so it must be letters, digits, '-', '_' and '.', and begin with a letter or digit.");
        }

        var data = DataSets.Find(Data);
        if (!Presets.Names.Contains(Preset))
        {
            throw new GaitPropException(Suggestion.Unknown("preset", Preset, Presets.Names));
        }

        if (!OwnNetwork.IsPublished(Network))
        {
            _ = OwnNetwork.Canonical(Network);
            if (data is { Shape: { } shape, ClassNames: { } classes })
            {
                _ = Define(shape, classes.Count);
            }
        }

        Positive("epochs", Epochs);
        Positive("batchSize", BatchSize);
        Positive("angleEvery", AngleEvery);
        Positive("evaluateEvery", EvaluateEvery);
        Positive("evaluationBatch", EvaluationBatch ?? 1);
        Positive("trainImages", TrainImages ?? 1);
        Positive("testImages", TestImages ?? 1);
        Positive("shuffleBuffer", ShuffleBuffer ?? 1);
        if (ValidationImages < 0)
        {
            throw new GaitPropException($"validationImages {ValidationImages} is not possible: it must be 0 or more.");
        }

        if (ValidationImages > 0 && ValidationImages >= TrainImages)
        {
            throw new GaitPropException($"validationImages {ValidationImages} is not possible: they are held out of the {TrainImages} trainImages, of which one at least must be left.");
        }

        if (Seed < 0)
        {
            throw new GaitPropException($"seed {Seed} is not possible: it must be 0 or more.");
        }

        if (Precision is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new GaitPropException($"precision {Precision} is not possible: choose float32 or float64.");
        }

        if (Tf32 && Precision != ScalarType.Float32)
        {
            throw new GaitPropException("tf32 true is not possible with precision float64: it rounds products of float32; take --preset fast, or precision float32.");
        }

        RuleOptions.Validate();
        Optimizer.Validate();
        Orthogonality.Validate();

        static void Positive(string name, int value)
        {
            if (value < 1)
            {
                throw new GaitPropException($"{name} {value} is not possible: it must be 1 or more.");
            }
        }
    }

    [GeneratedRegex(@"\A" + NamePattern + @"\z")]
    private static partial Regex FolderName();
}
