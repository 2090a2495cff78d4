using System.Diagnostics;
using GaitProp.Data;
using GaitProp.Experiments;
using GaitProp.Layers;
using GaitProp.Losses;
using GaitProp.Metrics;
using GaitProp.Networks;
using GaitProp.Optimization;
using GaitProp.Orthogonality;
using GaitProp.Rules;
using GaitProp.Rules.Backpropagation;
using GaitProp.Runs;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>The training loop: forward pass, rule, orthogonality, optimiser; angles to BP on the same batch and weights; accuracy after each epoch.</summary>
public sealed class Trainer : IDisposable
{
    private const int EvaluationBatch = 1000;

    /// <summary>Steps of a run that do not count in its timing.</summary>
    private const int WarmUpSteps = 3;

    private readonly Experiment _experiment;
    private readonly ImageDataset _data;
    private readonly RunData _runData;
    private readonly DeviceImages _train;
    private readonly DeviceImages _test;
    private readonly LearningRule _rule;
    private readonly BackpropagationRule? _reference;
    private readonly Adam _optimizer;
    private readonly IReadOnlyList<Layer> _orthogonal;
    private readonly Device _device;

    /// <summary>Builds the network and puts the data where it computes.</summary>
    /// <param name="experiment">What to run.</param>
    /// <param name="data">The images; cut to what the experiment uses.</param>
    /// <param name="standsInFor">The published data set that <paramref name="data"/> is used in place of, or <see langword="null"/>.</param>
    /// <param name="device">Where to compute; the CPU if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">A setting of the experiment is not possible.</exception>
    public Trainer(Experiment experiment, ImageDataset data, string? standsInFor = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(data);
        experiment.Validate();
        LibTorch.Load();
        _experiment = experiment;
        _device = device ?? CPU;
        _data = data with
        {
            Train = experiment.TrainImages is { } train ? data.Train.Take(train) : data.Train,
            Test = experiment.TestImages is { } test ? data.Test.Take(test) : data.Test,
        };
        _runData = RunData.Of(_data, standsInFor);
        _train = new DeviceImages(_data.Train, experiment.Precision, _device);
        _test = new DeviceImages(_data.Test, experiment.Precision, _device);
        _rule = RuleCatalog.Create(experiment.Rule, experiment.RuleOptions);
        var shape = new long[] { data.Train.Channels, data.Train.Height, data.Train.Width };
        Network = Network.Build(
            experiment.Define(shape, data.ClassNames.Count), experiment.Auxiliary, experiment.Seed, experiment.Precision, _device);
        if (_rule.NeedsSquareLayers && Network.Layers.Skip(1).FirstOrDefault(l => !l.IsSquare) is { } flat)
        {
            throw new GaitPropException($"rule {experiment.Rule} inverts layers, but {flat.Name} has {flat.Outputs} outputs and {flat.FanIn} inputs; use explicit or implicit auxiliary units.");
        }

        _rule.Prepare(Network, experiment.Seed);
        _reference = _rule is BackpropagationRule ? null : new BackpropagationRule();
        _optimizer = new Adam(Network.Layers.SelectMany(l => new[] { l.Weight, l.Bias }), experiment.Optimizer);
        _orthogonal = [.. Network.Layers.Skip(1)];
    }

    /// <summary>The network in training.</summary>
    public Network Network { get; }

    /// <summary>Optimiser steps of an epoch; the last one may see fewer images.</summary>
    public int StepsPerEpoch => (_train.Count + _experiment.BatchSize - 1) / _experiment.BatchSize;

    /// <summary>Trains to the end and writes a run folder.</summary>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="progress">Told after every step, on this thread.</param>
    /// <param name="cancellation">Stops after the step under way; the run is then marked interrupted.</param>
    /// <returns>
    /// The run as it was written: finished, or failed where values stopped being finite (the error names layer and step).
    /// </returns>
    /// <exception cref="GaitPropException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public RunRecord Run(string runs, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var run = RunWriter.Create(runs, _experiment, (name, started) => new RunDescription
        {
            Name = name,
            Started = started,
            Experiment = ExperimentJson.ToJson(_experiment),
            Data = _runData,
            Layers = RunLayer.Of(Network),
            Environment = RunEnvironment.Here(_device),
        });
        try
        {
            Train(run, new ProgressClock(_experiment.Epochs, StepsPerEpoch, progress), cancellation);
            run.End(RunStatus.Finished);
        }
        catch (DivergedException e)
        {
            // A result like any other: what was measured until then stands.
            run.End(RunStatus.Failed, e.Message);
        }
        catch (Exception e)
        {
            MarkEnded(run, e);
            throw;
        }

        return RunRecord.Read(run.Folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _train.Dispose();
        _test.Dispose();
        _rule.Dispose();
        _reference?.Dispose();
        _optimizer.Dispose();
        Network.Dispose();
    }

    private static void MarkEnded(RunWriter run, Exception cause)
    {
        try
        {
            run.End(cause is OperationCanceledException ? RunStatus.Interrupted : RunStatus.Failed, cause is OperationCanceledException ? null : cause.Message);
        }
        catch (GaitPropException)
        {
            // The disk that stopped the run cannot take its last word either; the first error is the one to report.
        }
    }

    private void Train(RunWriter run, ProgressClock clock, CancellationToken cancellation)
    {
        run.Append(Measured(0, 0, clock, cancellation));
        var step = 0L;
        for (var epoch = 1; epoch <= _experiment.Epochs; epoch++)
        {
            using var order = ShuffledOrder(epoch);
            var durations = new List<double>(StepsPerEpoch);
            var angleSeconds = 0.0;
            for (var batch = 0; batch < StepsPerEpoch; batch++, step++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var watch = Stopwatch.StartNew();
                var start = (long)batch * _experiment.BatchSize;
                var (images, labels) = _train.Gather(order.narrow(0, start, Math.Min(_experiment.BatchSize, _train.Count - start)));
                var trace = Network.Forward(images);
                var loss = Loss.CrossEntropySum(trace.Output, labels);
                var meanLoss = loss.Value.ToDouble() / trace.Batch;
                CheckFinite(meanLoss, epoch, step);
                var update = _rule.Update(Network, trace, loss.Gradient);

                watch.Stop();
                if (step % _experiment.AngleEvery == 0)
                {
                    var angleWatch = Stopwatch.StartNew();
                    var metrics = new StepMetrics(epoch, step, meanLoss, Angles(update, trace, loss.Gradient));
                    run.Append(metrics);
                    clock.MeanAngle = metrics.MeanAngle;
                    angleSeconds += angleWatch.Elapsed.TotalSeconds;
                }

                watch.Start();
                Descend(update, step);
                durations.Add(watch.Elapsed.TotalSeconds);
                clock.Stepped(epoch, step + 1, meanLoss);
            }

            var evaluation = Stopwatch.StartNew();
            run.Append(Measured(epoch, step, clock, cancellation));
            clock.EpochEnded(epoch);
            var warm = epoch == 1 && durations.Count > WarmUpSteps ? durations.Skip(WarmUpSteps) : durations;
            run.Append(new EpochTiming(epoch, durations.Count, warm.Average(), durations.Sum(), angleSeconds, evaluation.Elapsed.TotalSeconds));
        }

        clock.Finished();
    }

    /// <summary>The optimiser step: the orthogonality penalty joins the rule's update here, after angles were taken.</summary>
    private void Descend(LayerGradient[] update, long step)
    {
        var orthogonality = _experiment.Orthogonality;
        if (orthogonality.Kind == OrthogonalityKind.Penalty)
        {
            for (var l = 1; l < update.Length; l++)
            {
                OrthogonalityDefect.AddPenaltyGradient_(update[l].Weight, Network.Layers[l].Weight, orthogonality.Lambda);
            }
        }

        _optimizer.Step([.. update.SelectMany(u => new[] { u.Weight, u.Bias })]);
        if (orthogonality.Kind == OrthogonalityKind.Retraction && (step + 1) % orthogonality.Every == 0)
        {
            foreach (var layer in _orthogonal)
            {
                OrthogonalityDefect.Retract_(layer.Weight);
            }
        }
    }

    private List<double?> Angles(LayerGradient[] update, ForwardTrace trace, Tensor outputGradient)
    {
        if (_reference is null)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var reference = _reference.Update(Network, trace, outputGradient);
        return [.. update.Zip(reference, (u, r) => UpdateAngle.Degrees(u.Weight, r.Weight))];
    }

    private EpochMetrics Measured(int epoch, long step, ProgressClock clock, CancellationToken cancellation)
    {
        var (trainLoss, trainAccuracy) = Evaluate(_train, epoch, step, clock, cancellation);
        var (testLoss, testAccuracy) = Evaluate(_test, epoch, step, clock, cancellation);
        var defects = Network.Layers.Select(l => OrthogonalityDefect.RootMeanSquare(l.Weight)).ToArray();
        CheckFinite(trainLoss + testLoss + defects.Sum(), Math.Max(epoch, 1), step);
        clock.Accuracy = (trainAccuracy, testAccuracy);
        return new EpochMetrics(epoch, step, trainLoss, trainAccuracy, testLoss, testAccuracy, defects);
    }

    private (double Loss, double Accuracy) Evaluate(DeviceImages images, int epoch, long step, ProgressClock clock, CancellationToken cancellation)
    {
        var loss = 0.0;
        var right = 0L;
        for (var start = 0; start < images.Count; start += EvaluationBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (batch, labels) = images.Range(start, Math.Min(EvaluationBatch, images.Count - start));
            var output = Network.Predict(batch);
            loss += Loss.CrossEntropySum(output, labels).Value.ToDouble();
            right += output.argmax(1).eq(labels).sum().item<long>();
            clock.Evaluating(epoch, step);
        }

        return (loss / images.Count, (double)right / images.Count);
    }

    /// <summary>The order of an epoch's images: a permutation that depends on the seed and the epoch alone.</summary>
    private Tensor ShuffledOrder(int epoch)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(Seeds.Derive(_experiment.Seed, SeedUse.Shuffle, epoch), CPU);
        return randperm(_train.Count, dtype: ScalarType.Int64, device: CPU, generator: generator).to(_device).MoveToOuterDisposeScope();
    }

    private void CheckFinite(double value, int epoch, long step)
    {
        if (!double.IsFinite(value))
        {
            throw new DivergedException($"{_experiment.Rule}: the loss is no longer finite at step {step} of epoch {epoch} ({FirstBroken()}); "
                + "lower the learning rate, or use a stronger orthogonality constraint.");
        }
    }

    /// <summary>The first layer whose weights, or else whose activations on the training or test images, are not finite.</summary>
    private string FirstBroken()
    {
        using var scope = NewDisposeScope();
        if (Network.Layers.FirstOrDefault(l => !IsFinite(l.Weight) || !IsFinite(l.Bias)) is { } broken)
        {
            return $"{broken.Name} is the first with weights that are not";
        }

        foreach (var images in (DeviceImages[])[_train, _test])
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

        return $"weights are as large as {Network.Layers.Max(l => l.Weight.abs().max().ToDouble()):g2}, {Network.Layers.MaxBy(l => l.Weight.abs().max().ToDouble())!.Name}";
    }

    private static bool IsFinite(Tensor tensor) => tensor.isfinite().all().item<bool>();
}
