using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>
/// Everything that decides what a run computes, apart from the data's pixels: two runs of one experiment on one data set are identical.
/// Files, <c>--set</c> and <c>run.json</c> have these fields under these names; ranges and descriptions of the JSON schema are the
/// attributes here.
/// </summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed record Experiment
{
    /// <summary>The experiment's name, such as <c>cifar-shallow</c>; runs are filed in a folder of this name.</summary>
    [Description("The experiment's name, such as cifar-shallow; runs are filed in a folder of this name.")]
    [RegularExpression(
        "[A-Za-z0-9][A-Za-z0-9._-]*",
        ErrorMessage = "runs are filed under it, so it must be letters, digits, '-', '_' and '.', and begin with a letter or digit"
    )]
    public required string Name { get; init; }

    /// <summary>The network: a published one's name, or layers from the input up, such as <c>conv 3x3/2 48, dense 10</c>.</summary>
    [Description("The network: a published one's name, or layers from the input up, such as conv 3x3/2 48, dense 10.")]
    public required string Network { get; init; }

    /// <summary>The images: one of <see cref="DataSets.Names"/>.</summary>
    [Description("The images.")]
    public string Data { get; init; } = "cifar10";

    /// <summary>The rule's name (<see cref="RuleCatalog"/>).</summary>
    public required string Rule { get; init; }

    /// <summary>The rule's options.</summary>
    public required RuleOptions RuleOptions { get; init; }

    /// <summary>What the preset of the run is built on: <c>paper</c> or <c>fast</c> (<see cref="Presets"/>).</summary>
    [Description("The preset: paper, fast, or one of the file's. Default: fast.")]
    public required string Preset { get; init; }

    /// <summary>How layers get square.</summary>
    [Description("How layers get square.")]
    public AuxiliaryUnits Auxiliary { get; init; }

    /// <summary>
    /// Gains of the layers above the first, <c>z = g (Q x) + b</c> (beyond the paper); a layer of an own network may say otherwise.
    /// </summary>
    [Description("Gains of the layers above the first, z = g (Q x) + b (beyond the paper); a layer of an own network may say otherwise.")]
    public UnitGain Gain { get; init; }

    /// <summary>The activation of the layers below the last. Default: leaky ReLU.</summary>
    [Description("The activation of the layers below the last. Default: leaky ReLU.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public HiddenActivation Activation { get; init; }

    /// <summary>What is descended: <see cref="LossKind"/>. Default: crossEntropy.</summary>
    [Description(
        "What is descended: crossEntropy of the softmax of the outputs, or mse, half their squared error against one for the label's and zero for the others. Default: crossEntropy."
    )]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LossKind Loss { get; init; }

    /// <summary>Element type of weights, activations and updates: float32 or float64.</summary>
    [Description("Element type of weights, activations and updates.")]
    public ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>Whether a CUDA device may round the factors of float32 products to the ten bits of TF32. Default: no.</summary>
    [Description(
        "Whether a CUDA device may round the factors of float32 products to the ten bits of TF32: faster, and the rule's updates are off by what that leaves. Default: no."
    )]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Tf32 { get; init; }

    /// <summary>The optimiser's settings.</summary>
    [Description("The optimiser's settings.")]
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The orthogonality constraint.</summary>
    [Description("The orthogonality constraint.")]
    public OrthogonalityOptions Orthogonality { get; init; } = new();

    /// <summary>Passes over the training images.</summary>
    [Range(1, int.MaxValue), Description("Passes over the training images.")]
    public int Epochs { get; init; } = 200;

    /// <summary>Images a step.</summary>
    [Range(1, int.MaxValue), Description("Images a step.")]
    public int BatchSize { get; init; } = 256;

    /// <summary>Fixes weights, feedback, and the order and random changes of the images.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <summary>Steps from one measurement of update angles to the next.</summary>
    [Range(1, int.MaxValue), Description("Steps from one measurement of update angles to the next.")]
    public int AngleEvery { get; init; } = 100;

    /// <summary>Epochs from one measurement of accuracy to the next; the last epoch is always measured.</summary>
    [Range(1, int.MaxValue), Description("Epochs from one measurement of accuracy to the next; the last epoch is always measured.")]
    public int EvaluateEvery { get; init; } = 1;

    /// <summary>
    /// Images that accuracy is measured on at once; <see langword="null"/>: a thousand of CIFAR-10's, eighty photos of 224 pixels.
    /// </summary>
    [
        Range(1, int.MaxValue),
        Description(
            "Images that accuracy is measured on at once; null: a thousand of CIFAR-10's, eighty photos of 224 pixels. A smaller number takes less memory."
        )
    ]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? EvaluationBatch { get; init; }

    /// <summary>Train on this many images, the first ones; on all of them if <see langword="null"/>.</summary>
    [Range(1, int.MaxValue), Description("Train on this many images, the first ones; null: all.")]
    public int? TrainImages { get; init; }

    /// <summary>Test on this many images, the first ones; on all of them if <see langword="null"/>.</summary>
    [Range(1, int.MaxValue), Description("Test on this many images, the first ones; null: all.")]
    public int? TestImages { get; init; }

    /// <summary>
    /// This many of the training images, the last ones, are held out: accuracy on them is measured beside that on the test images.
    /// </summary>
    [
        Range(0, int.MaxValue),
        Description(
            "This many of the training images, the last ones, are not trained on: accuracy on them is measured beside that on the test images. Default: 0."
        )
    ]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ValidationImages { get; init; }

    /// <summary>
    /// Images in the buffer that an epoch's order is drawn through; <see langword="null"/>: all are shuffled, photos in shards through
    /// 4096.
    /// </summary>
    [Range(1, int.MaxValue)]
    [Description(
        "Images in the buffer that an epoch's order is drawn through: a random one goes out whenever the next comes in. null: all are shuffled, photos in shards through 4096."
    )]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ShuffleBuffer { get; init; }

    /// <summary>Whether training images are mirrored left to right at random, anew in each epoch (beyond the paper). Default: no.</summary>
    [Description("Whether training images are mirrored left to right at random, anew in each epoch (beyond the paper). Default: no.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Mirror { get; init; }

    /// <summary>
    /// Pixels by which training images are shifted at random at the most, down or up and across, anew in each epoch (beyond the paper).
    /// </summary>
    [
        Range(0, int.MaxValue),
        Description(
            "Pixels by which training images are shifted at random at the most, down or up and across, anew in each epoch; a border shows the image's reflection (beyond the paper). Default: 0."
        )
    ]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Shift { get; init; }

    /// <summary>Plans the network for images of some shape.</summary>
    /// <param name="inputShape">Channels, height, width.</param>
    /// <param name="classes">Classes of the images; logits of the network.</param>
    /// <exception cref="GaitPropException">The network cannot be read, or its last layer does not give one logit a class.</exception>
    public NetworkDefinition Define(IReadOnlyList<long> inputShape, int classes) => OwnNetwork.Define(Name, Network, inputShape, classes);

    /// <summary>Checks <see cref="Shift"/> against the images.</summary>
    /// <param name="shape">Channels, height, width.</param>
    /// <exception cref="GaitPropException">It is a whole side or more: there is no reflection beyond that.</exception>
    internal void CheckShift(IReadOnlyList<long> shape)
    {
        if (Shift >= Math.Min(shape[1], shape[2]))
        {
            throw new GaitPropException(
                $"shift {Shift} is not possible: the images are {shape[1]} x {shape[2]} pixels, and it must be less than a side."
            );
        }
    }

    /// <summary>Checks the values, and against each other.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range. Or a layer or an option of the
    /// user's own fails; the message names its place.</exception>
    public void Validate() => OwnFailure.Guarded(() => OwnParts.Types(this), Check);

    private void Check()
    {
        PossibleValues.Check(this);
        Presets.Check(Preset);
        var data = DataSets.Find(Data);
        if (!OwnNetwork.IsPublished(Network))
        {
            _ = OwnNetwork.Canonical(Network);
            if (data is { Shape: { } shape, ClassNames: { } classes })
            {
                _ = Define(shape, classes.Count);
            }
        }

        if (data.Shape is { } sides)
        {
            CheckShift(sides);
        }

        if (ValidationImages > 0 && ValidationImages >= TrainImages)
        {
            throw new GaitPropException(
                $"validationImages {ValidationImages} is not possible: they are held out of the {TrainImages} trainImages, of which one at least must be left."
            );
        }

        if (Precision is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new GaitPropException($"precision {Precision} is not possible: choose float32 or float64.");
        }

        if (Tf32 && Precision != ScalarType.Float32)
        {
            throw new GaitPropException(
                "tf32 true is not possible with precision float64: it rounds products of float32; add --set precision=float32, or leave it out."
            );
        }

        RuleOptions.Validate();
        Optimizer.Validate();
        Orthogonality.Validate();
    }
}
