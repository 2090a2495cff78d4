using GaitProp.Layers;
using GaitProp.Optimization;
using GaitProp.Rules;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>Everything that decides what a run computes, apart from the data's pixels: two runs of one experiment on one data set are identical.</summary>
public sealed record Experiment
{
    /// <summary>The experiment's name, such as <c>cifar-shallow</c>; runs are filed under it.</summary>
    public required string Name { get; init; }

    /// <summary>The network's name (<see cref="Networks.Architectures"/>).</summary>
    public required string Network { get; init; }

    /// <summary>The rule's name (<see cref="RuleCatalog"/>).</summary>
    public required string Rule { get; init; }

    /// <summary>The rule's options.</summary>
    public required RuleOptions RuleOptions { get; init; }

    /// <summary>The preset that the settings come from: <c>paper</c> or <c>fast</c>.</summary>
    public required string Preset { get; init; }

    /// <summary>How layers get square.</summary>
    public AuxiliaryUnits Auxiliary { get; init; }

    /// <summary>Element type of weights, activations and updates: float32 or float64.</summary>
    public ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>The optimiser's settings.</summary>
    public AdamOptions Optimizer { get; init; } = new();

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

    /// <summary>The first so many training images are used; all of them if <see langword="null"/>.</summary>
    public int? TrainImages { get; init; }

    /// <summary>The first so many test images are used; all of them if <see langword="null"/>.</summary>
    public int? TestImages { get; init; }

    /// <summary>Checks the values against each other.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public void Validate()
    {
        Positive("epochs", Epochs);
        Positive("batch size", BatchSize);
        Positive("angle interval", AngleEvery);
        Positive("number of training images", TrainImages ?? 1);
        Positive("number of test images", TestImages ?? 1);
        if (Seed < 0)
        {
            throw new GaitPropException($"seed {Seed} is not possible: it must be 0 or more.");
        }

        if (Precision is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new GaitPropException($"precision {Precision} is not possible: choose float32 or float64.");
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
}
