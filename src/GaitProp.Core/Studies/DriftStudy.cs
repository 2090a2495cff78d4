using GaitProp.Experiments;
using GaitProp.Rules.Backpropagation;
using static TorchSharp.torch;

namespace GaitProp.Studies;

/// <summary>What moves the weights in a <see cref="DriftStudy"/>.</summary>
internal enum DriftUpdates
{
    /// <summary>Normalised GAIT's updates and the regulariser, as in training.</summary>
    Both,

    /// <summary>Normalised GAIT's updates alone.</summary>
    Task,

    /// <summary>The orthogonality regulariser alone; nothing is learned.</summary>
    Regulariser,
}

/// <summary>
/// How update angles grow while weights move away from orthogonality, and which of the two that move them does it: the paper's control
/// (section 3.3), in which angles stay near zero under the regulariser alone.
/// </summary>
internal sealed record DriftStudy
{
    /// <summary>The network's plan; its weights are random and orthogonal, its auxiliary units implicit.</summary>
    public required NetworkDefinition Network { get; init; }

    /// <summary>What moves the weights. Default: both.</summary>
    public DriftUpdates Updates { get; init; }

    /// <summary>The regulariser's strength.</summary>
    public required double Lambda { get; init; }

    /// <summary>Root mean square orthogonality defect that the square weights begin with. Default: 0, orthogonal.</summary>
    public double Defect { get; init; }

    /// <summary>Optimiser steps. Default: 40.</summary>
    public int Steps { get; init; } = 40;

    /// <summary>Steps from one measurement to the next; the last is always measured. Default: 4.</summary>
    public int Every { get; init; } = 4;

    /// <summary>Images a step. Default: 64.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>The optimiser.</summary>
    public required OptimizerOptions Optimizer { get; init; }

    /// <summary>Fixes the weights. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The study of a published network, with optimiser and strength of its own experiment in preset <c>paper</c>.</summary>
    /// <param name="model">The network's name, one of <see cref="Architectures.Names"/>.</param>
    /// <param name="network">Its plan.</param>
    /// <exception cref="GaitPropException">There is no such network.</exception>
    public static DriftStudy Of(string model, NetworkDefinition network)
    {
        var published = Presets.Experiment(model, "ngait", "paper");
        return new()
        {
            Network = network,
            Lambda = published.Orthogonality.Lambda,
            Optimizer = published.Optimizer,
        };
    }

    /// <summary>
    /// Takes the steps with the displacement form and the exact inverse, and measures normalised GAIT's angle to BP on the weights as they
    /// are: what is seen is the rule's own. All of it in float64: in float32 the regulariser's gradient of orthogonal weights is rounding,
    /// of which Adam makes whole steps.
    /// </summary>
    /// <param name="images">Images that batches are taken from in a row and again, <c>[count, …]</c>, as the network sees them.</param>
    /// <param name="labels">Their class numbers, int64 <c>[count]</c>.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="GaitPropException">A value is not possible.</exception>
    public DriftCurve Measure(Tensor images, Tensor labels, CancellationToken cancellation = default)
    {
        Validate();
        LibTorch.Load();
        using var scope = NewDisposeScope();
        var options = new NormalisedGaitOptions { Form = TargetForm.Displacement, Inverse = InverseStrategy.Exact };
        images = images.to(ScalarType.Float64);
        using var rule = new NormalisedGaitRule(options);
        using var network = GaitProp.Network.Build(Network, AuxiliaryUnits.Implicit, Seed, ScalarType.Float64, images.device);
        foreach (var (index, layer) in network.Layers.Index().Skip(1))
        {
            layer.Perturb_(Defect, (Seed * 1000) + index);
        }

        using var optimizer = GaitProp.Optimizer.Of(network, Optimizer);
        var (steps, angles, defects) = (new List<int>(), new List<double?>(), new List<double>());
        for (var step = 0; step <= Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var (x, y) = BatchOf(images, labels, step);
            if (step % Every == 0 || step == Steps)
            {
                steps.Add(step);
                angles.Add(Angle(network, rule, x, y));
                defects.Add(network.Layers.Skip(1).Average(l => l.Defect()));
            }

            if (step < Steps)
            {
                optimizer.Step([.. Update(network, rule, x, y).SelectMany(u => u.Trained)]);
            }
        }

        return new DriftCurve(steps, angles, defects);
    }

    private (Tensor Images, Tensor Labels) BatchOf(Tensor images, Tensor labels, int step)
    {
        var count = images.shape[0];
        var places = arange(step * (long)Batch, (step + 1) * (long)Batch, ScalarType.Int64, images.device).remainder(count);
        return (images.index_select(0, places), labels.index_select(0, places));
    }

    private LayerGradient[] Update(Network network, NormalisedGaitRule rule, Tensor images, Tensor labels)
    {
        LayerGradient[] update;
        if (Updates == DriftUpdates.Regulariser)
        {
            update = [.. network.Layers.Select(l => new LayerGradient([.. l.Trained.Select(t => zeros_like(t))]))];
        }
        else
        {
            var trace = network.Forward(images);
            update = rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);
        }

        if (Updates != DriftUpdates.Task)
        {
            foreach (var (layer, gradient) in network.Layers.Zip(update).Skip(1))
            {
                layer.AddPenaltyGradient_(gradient, Lambda);
            }
        }

        return update;
    }

    /// <summary>The mean over all layers but the output, degrees.</summary>
    private static double? Angle(Network network, NormalisedGaitRule rule, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var trace = network.Forward(images);
        var gradient = Loss.CrossEntropySum(trace.Output, labels).Gradient;
        using var reference = new BackpropagationRule();
        var all = UpdateAngle.OfLayers(network, rule.Update(network, trace, gradient), reference.Update(network, trace, gradient));
        var angles = all.Zip(network.Layers).Where(a => a.Second.Trained.Count > 0).Select(a => a.First).SkipLast(1).ToArray();
        return angles.Any(a => a is null) ? null : angles.Average();
    }

    private void Validate()
    {
        if (!(Lambda >= 0) || !double.IsFinite(Lambda))
        {
            throw new GaitPropException(Text($"lambda {Lambda} is not possible: it must be 0 or more."));
        }

        foreach (var (name, value) in ((string, int)[])[("steps", Steps), ("every", Every), ("batch", Batch)])
        {
            if (value < 1)
            {
                throw new GaitPropException($"{name} {value} is not possible: it must be 1 or more.");
            }
        }
    }
}

/// <summary>What a <see cref="DriftStudy"/> found.</summary>
/// <param name="Steps">Steps taken before each measurement.</param>
/// <param name="Angles">Normalised GAIT's update angle to BP, mean over all layers but the output, degrees; <see langword="null"/> where a
/// layer's is undefined.</param>
/// <param name="Defects">Root mean square orthogonality defect, mean over the layers above the first.</param>
internal sealed record DriftCurve(IReadOnlyList<int> Steps, IReadOnlyList<double?> Angles, IReadOnlyList<double> Defects);
