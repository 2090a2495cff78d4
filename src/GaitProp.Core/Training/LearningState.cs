using System.Diagnostics;
using GaitProp.Data;
using GaitProp.Experiments;
using GaitProp.Ranks;
using GaitProp.Rules.Backpropagation;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>
/// What learns: the network, its rule and optimiser, the images and their order. It can take a step and measure itself; it writes nothing.
/// </summary>
internal sealed class LearningState : IDisposable
{
    private readonly Experiment _experiment;
    private readonly TrainingImages _train;
    private readonly TrainingImages _test;
    private readonly TrainingImages? _validation;
    private readonly BackpropagationRule? _reference;
    private readonly LearningRule? _exact;
    private readonly BatchLosses _losses;
    private readonly OrthogonalityConstraint _constraint;
    private readonly Augmentation _augmentation;
    private readonly RankGroup _ranks;

    public LearningState(Experiment experiment, ImageDataset data, Device device, RankGroup? ranks = null)
    {
        // What may be refused comes first, while there is nothing to give back.
        (_experiment, _ranks) = (experiment, ranks ?? RankGroup.Alone);
        if (experiment.BatchSize < _ranks.Count)
        {
            throw new GaitPropException(
                $"a batch of {Count(experiment.BatchSize, "image")} cannot be shared by {_ranks.Count} ranks: start {experiment.BatchSize} at the most, or raise batchSize."
            );
        }

        var shape = new long[] { data.Train.Channels, data.Train.Height, data.Train.Width };
        experiment.CheckShift(shape);
        _augmentation = new Augmentation(experiment.Seed, experiment.Mirror, experiment.Shift);
        EvaluationBatch = experiment.EvaluationBatch ?? Evaluator.BatchOf(data.Train);
        Tf32.Check(experiment.Tf32, device);
        var (train, validation) = data.Train.HeldOut(experiment.ValidationImages);
        Rule = RuleCatalog.Create(experiment.Rule, experiment.RuleOptions);
        try
        {
            Network = Network.Build(
                experiment.Define(shape, data.ClassNames.Count),
                experiment.Auxiliary,
                experiment.Seed,
                experiment.Precision,
                device,
                experiment.Gain,
                experiment.Activation.Function()
            );
            if (Rule.NeedsSquareLayers && Network.Layers.Skip(1).FirstOrDefault(l => !l.IsSquare) is { } flat)
            {
                throw new GaitPropException(
                    $"rule {experiment.Rule} inverts layers, but {flat.Name} has {flat.Outputs} outputs and {flat.FanIn} inputs; use explicit or implicit auxiliary units."
                );
            }

            _train = TrainingImages.Of(train, experiment.Precision, device);
            _validation = validation is null ? null : TrainingImages.Of(validation, experiment.Precision, device);
            _test = TrainingImages.Of(data.Test, experiment.Precision, device);
            Rule.Prepare(Network, experiment.Seed);
            _reference = Rule is BackpropagationRule ? null : new BackpropagationRule();
            _exact = experiment.RuleOptions.Exact() is { } options ? RuleCatalog.Create(experiment.Rule, options) : null;
            _exact?.Prepare(Network, experiment.Seed);
            _losses = new BatchLosses(device);
            Transposes = zeros(Network.Layers.Count, ScalarType.Int64).DetachFromDisposeScope();
            Optimizer = GaitProp.Optimizer.Of(Network, experiment.Optimizer);
            Order = _train.Ordered(experiment.Seed, experiment.ShuffleBuffer);
            _constraint = new OrthogonalityConstraint(Network, experiment);
        }
        catch
        {
            // What was made before a layer or a rule has failed.
            Dispose();
            throw;
        }
    }

    public Network Network { get; }

    public LearningRule Rule { get; }

    public Optimizer Optimizer { get; }

    public EpochOrder Order { get; }

    /// <summary>Images that accuracy is measured on at once.</summary>
    public int EvaluationBatch { get; }

    /// <summary>
    /// Steps since the last measurement in which the rule took a layer's bare transpose for its inverse, int64 <c>[layers]</c> on the CPU.
    /// </summary>
    public Tensor Transposes { get; }

    /// <summary>Optimiser steps of an epoch; the last one may see fewer images.</summary>
    public int StepsPerEpoch => (int)(((long)_train.Count + _experiment.BatchSize - 1) / _experiment.BatchSize);

    /// <summary>
    /// One optimiser step: forward pass, rule, orthogonality, Adam. On a CPU the loss is looked at before the rule. Elsewhere that would be
    /// a wait: it is looked at where a measurement is due, at the end of an epoch, and by <see cref="CheckLoss"/>.
    /// </summary>
    /// <param name="step">Steps taken before.</param>
    /// <param name="measure">Where a measurement is due, told the batch's loss a sample and what was seen, before the weights move.</param>
    /// <returns>The batch's loss a sample, <see langword="null"/> where it was not looked at, and seconds: of the step, and of
    /// measuring.</returns>
    /// <exception cref="DivergedException">The loss is not finite, or was not at a step before.</exception>
    public (double? Loss, double Seconds, double MeasuringSeconds) Step(long step, Action<double, Look> measure)
    {
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        var (epoch, batch) = ((int)(step / StepsPerEpoch) + 1, step % StepsPerEpoch);
        var start = batch * _experiment.BatchSize;
        var share = BatchShare.Of(_ranks, Math.Min(_experiment.BatchSize, _train.Count - start));
        using var shared = share.Use();
        var (images, labels) = _train.Batch(Order, epoch, start, share);
        _augmentation.Change_(images, epoch, start + share.From);
        if (images.device_type == TorchSharp.DeviceType.CUDA)
        {
            // A device's own generator cannot be saved. With a seed for each step a resumed run draws there what it would have drawn.
            cuda.manual_seed_all(unchecked((long)Seeds.Derive(_experiment.Seed, SeedUse.Torch, (int)step)));
        }

        var trace = Network.Forward(images);
        var loss = Loss.Sum(_experiment.Loss, trace.Output, labels);
        double? meanLoss = null;
        if (!_ranks.IsAlone || HostRead.IsFree(loss.Value))
        {
            meanLoss = SumOverRanks(share, loss.Value) / share.Whole;
            CheckFinite("the loss is", meanLoss.Value, epoch, step);
        }
        else
        {
            _losses.Add(step, loss.Value, share.Whole);
        }

        var update = Rule.CheckedUpdate(Network, trace, loss.Gradient);
        CountTransposes(update);
        var due = step % _experiment.AngleEvery == 0;
        if (meanLoss is null && (due || (step + 1) % StepsPerEpoch == 0))
        {
            meanLoss = CheckLoss(step);
        }

        watch.Stop();
        var measuring = new Stopwatch();
        if (due)
        {
            measuring.Start();
            measure(meanLoss!.Value, Seen(update, trace, loss.Gradient, Math.Min(step + 1, _experiment.AngleEvery)));
            measuring.Stop();
        }

        watch.Start();
        _constraint.Step(Optimizer, update);
        return (meanLoss, watch.Elapsed.TotalSeconds, measuring.Elapsed.TotalSeconds);
    }

    /// <summary>Looks at the losses of the steps that were taken: where they are not on a CPU that waits for the device.</summary>
    /// <param name="step">The step that was taken last, or is under way.</param>
    /// <returns>The last batch's loss a sample; <see cref="double.NaN"/> if none was kept.</returns>
    /// <exception cref="DivergedException">A loss was not finite.</exception>
    public double CheckLoss(long step)
    {
        if (_losses.FirstBroken() is { } broken)
        {
            var seen = broken == step ? "" : $", seen after step {step}";
            CheckFinite("the loss is", double.NaN, (int)(broken / StepsPerEpoch) + 1, broken, seen);
        }

        return _losses.Last();
    }

    /// <summary>Loss and accuracy on all training, test and validation images, and the orthogonality defects.</summary>
    /// <param name="epoch">Epochs done.</param>
    /// <param name="step">Steps taken.</param>
    /// <param name="tick">Called after every batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public EpochMetrics Measure(int epoch, long step, Action tick, CancellationToken cancellation)
    {
        var train = Accuracy(_train);
        var test = Accuracy(_test);
        (double Loss, double Top1, double Top5)? validation = _validation is null ? null : Accuracy(_validation);
        var defects = Network.Layers.Select(l => l.Defect()).ToArray();
        var last = Math.Max(epoch, 1);
        CheckFinite("the loss on the training images is", train.Loss, last, step);
        CheckFinite("the loss on the test images is", test.Loss, last, step);
        CheckFinite("the loss on the images held out is", validation?.Loss ?? 0, last, step);
        CheckFinite("the orthogonality defect is", defects.Sum(), last, step);
        return new EpochMetrics(epoch, step, train.Loss, train.Top1, test.Loss, test.Top1, defects, train.Top5, test.Top5)
        {
            ValidationLoss = validation?.Loss,
            ValidationAccuracy = validation?.Top1,
            ValidationTop5 = validation?.Top5,
        };

        (double Loss, double Top1, double Top5) Accuracy(TrainingImages images) =>
            Evaluator.Measure(Network, images, _experiment.Loss, EvaluationBatch, _ranks, tick, cancellation);
    }

    /// <summary>Whether the weights can be gone on from; what is written to a checkpoint must be.</summary>
    /// <param name="step">Steps taken.</param>
    /// <exception cref="DivergedException">A weight is not finite.</exception>
    public void CheckWeights(long step)
    {
        using var scope = NewDisposeScope();
        var epoch = (int)(Math.Max(step - 1, 0) / StepsPerEpoch) + 1;
        CheckLoss(step);
        if (Network.Layers.Any(IsBroken))
        {
            CheckFinite("the weights are", double.NaN, epoch, step);
        }

        // A gradient whose square is too large for its type would stop a weight without a word: what is divided by infinity is zero.
        for (var p = 0; p < Optimizer.Parameters.Count; p++)
        {
            if (Optimizer.State.Any(s => !IsFinite(s.Tensors[p])))
            {
                var penalty = _experiment.Orthogonality.Kind == OrthogonalityKind.Penalty ? " or orthogonality.lambda" : "";
                throw new DivergedException(
                    $"{_experiment.Rule}: Adam's moments are no longer finite after step {step} of epoch {epoch} ({Network.Layers.First(l => l.Trained.Any(t => ReferenceEquals(t, Optimizer.Parameters[p]))).Name} is the first): "
                        + $"its gradients have grown too large; lower the learning rate{penalty}."
                );
            }
        }
    }

    /// <summary>
    /// Whether all ranks still have the same weights, as they must: each takes the same step from the same sums. A rule whose own state
    /// depends on the samples it saw, and that does not add it up over ranks (<see cref="BatchShare"/>), drives them apart.
    /// </summary>
    /// <param name="step">Steps taken.</param>
    /// <exception cref="GaitPropException">They have not: which layer.</exception>
    public void CheckRanks(long step)
    {
        if (_ranks.IsAlone)
        {
            return;
        }

        using var scope = NewDisposeScope();
        (string Name, Tensor Values)[] same =
        [
            .. Network.Layers.SelectMany(l => l.Trained.Select(t => ($"the weights of {l.Name}", t))),
            .. Rule.State.Select(t => ("the rule's own state", t)),
        ];
        double[] sizes = [.. same.Select(s => s.Values.to(ScalarType.Float64).norm().Number())];
        double[] sums = [.. sizes];
        _ranks.Sum_(sums);

        // Processors of different makes round differently; anything else is equal to the last bit.
        var tolerance = _experiment.Precision == ScalarType.Float64 ? 1e-10 : 1e-4;
        double[] apart =
        [
            .. sizes.Zip(sums).Select(s => Math.Abs((s.First * _ranks.Count) - s.Second) > tolerance * Math.Abs(s.Second) ? 1 : 0),
        ];
        _ranks.Sum_(apart);
        if (Array.FindIndex(apart, a => a > 0) is >= 0 and var first)
        {
            throw new GaitPropException(
                $"the ranks have come apart: {same[first].Name} differ between them after step {step}; rule {_experiment.Rule} must not depend on which samples a rank sees. Train it on one rank."
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Some are missing where the constructor has failed.
        _train?.Dispose();
        _test?.Dispose();
        _validation?.Dispose();
        Order?.Dispose();
        _constraint?.Dispose();
        Rule.Dispose();
        _reference?.Dispose();
        _exact?.Dispose();
        Transposes?.Dispose();
        _losses?.Dispose();
        Optimizer?.Dispose();
        Network?.Dispose();
    }

    /// <summary>The loss of the whole batch, from that of the share that was computed here.</summary>
    private static double SumOverRanks(BatchShare share, Tensor loss)
    {
        double[] sum = [share.IsEmpty ? 0 : loss.Number()];
        share.Ranks.Sum_(sum);
        return sum[0];
    }

    private void CountTransposes(LayerGradient[] update)
    {
        foreach (var (layer, gradient) in update.Index())
        {
            if (gradient.Inversion.IsTranspose)
            {
                using var one = Transposes[layer];
                one.add_(1);
            }
        }
    }

    /// <summary>Angles and distances of an update, and how often a transpose stood in for an inverse in the last steps.</summary>
    private Look Seen(LayerGradient[] update, ForwardTrace trace, Tensor outputGradient, long steps)
    {
        if (_reference is null)
        {
            return new([], [], []);
        }

        using var scope = NewDisposeScope();
        var angles = Compared(update, _reference.CheckedUpdate(Network, trace, outputGradient));
        if (_exact is null)
        {
            return new(angles, [], []);
        }

        // The same activations in float64: what differs is the inverse and the rounding on the way down.
        using var network = Network.To(ScalarType.Float64);
        var exact = _exact.CheckedUpdate(network, trace.To(ScalarType.Float64), outputGradient.to(ScalarType.Float64));
        var distances = Compared(update, exact);
        double[] shares = [.. Transposes.data<long>().Select(count => (double)count / steps)];
        Transposes.zero_();
        return new(angles, distances, shares);

        double?[] Compared(LayerGradient[] update, LayerGradient[] reference) => UpdateAngle.OfLayers(Network, update, reference);
    }

    /// <param name="what">What the value is, with its verb: <c>the loss is</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">Steps taken before.</param>
    /// <param name="seen">When that was seen, where it was later.</param>
    private void CheckFinite(string what, double value, int epoch, long step, string seen = "")
    {
        if (!double.IsFinite(value))
        {
            var constraint =
                _experiment.Orthogonality.Kind != OrthogonalityKind.None ? ", or use a stronger orthogonality constraint"
                : Rule.NeedsSquareLayers ? ", or use an orthogonality constraint"
                : "";
            throw new DivergedException(
                $"{_experiment.Rule}: {what} no longer finite at step {step} of epoch {epoch}{seen} ({FirstBroken()}); lower the learning rate{constraint}."
            );
        }
    }

    /// <summary>The first layer whose weights, or else whose activations on the images, are not finite.</summary>
    private string FirstBroken()
    {
        using var scope = NewDisposeScope();
        if (Network.Layers.FirstOrDefault(IsBroken) is { } broken)
        {
            return $"{broken.Name} is the first with weights that are not";
        }

        foreach (var images in new[] { _train, _test, _validation }.OfType<TrainingImages>())
        {
            for (var start = 0; start < images.Count; start += EvaluationBatch)
            {
                using var batch = NewDisposeScope();
                var trace = Network.Forward(images.Range(start, Math.Min(EvaluationBatch, images.Count - start)).Images);
                if (trace.Activations.Index().FirstOrDefault(a => !IsFinite(a.Item)) is { Item: not null } first)
                {
                    return $"{Network.Layers[first.Index].Name} is the first with activations that are not";
                }
            }
        }

        var (largest, name) = Network
            .Layers.SelectMany(l => l.Trained.Select(t => (Largest: t.abs().max().Number(), l.Name)))
            .MaxBy(t => t.Largest);
        return Text($"weights are as large as {largest:g2}, {name}");
    }

    private static bool IsBroken(Layer layer) => layer.Trained.Any(t => !IsFinite(t));

    private static bool IsFinite(Tensor tensor) => tensor.isfinite().all().IsTrue();
}
