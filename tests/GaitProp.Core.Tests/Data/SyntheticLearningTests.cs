using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

/// <summary>
/// What the embedded set is for: learning has to show on it. Chance is 10 %; neither distances nor a linear classifier may solve it, and
/// a fully connected network has to, with plain autograd and Adam (rates .9 and .999, eps 1e-6, batches of 256).
/// </summary>
public sealed class SyntheticLearningTests : IDisposable
{
    private const int Batch = 256;
    private static readonly ImageDataset Set = SyntheticImages.Default;
    private readonly DisposeScope _scope;
    private readonly Generator _random;
    private readonly (Tensor Images, Tensor Labels) _train;
    private readonly (Tensor Images, Tensor Labels) _test;

    public SyntheticLearningTests()
    {
        LibTorch.Load();
        _scope = NewDisposeScope();
        _random = new Generator(1);
        var set = Set;
        _train = Tensors(set.Train);
        _test = Tensors(set.Test);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
    }

    [Fact]
    public void Class_means_do_not_give_it_away()
    {
        var centre = _train.Images.mean([0]);
        var means = stack(Enumerable.Range(0, 10).Select(label => _train.Images[_train.Labels == label].mean([0])));
        var directions = nn.functional.normalize(means - centre, dim: 1);

        Assert.InRange(Share(cdist(_test.Images, means).argmin(1)), 0, 0.3);
        Assert.InRange(Share((_test.Images - centre).mm(directions.t()).argmax(1)), 0, 0.3);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void A_linear_classifier_stays_under_60_percent()
    {
        Parameter[] classifier = [new(zeros(10, 3072)), new(zeros(10))];

        var curve = Learn(classifier, learningRate: 1e-3, epochs: 50, enough: 1);

        // It does learn what it can: over twice chance.
        Assert.InRange(curve.Max(), 0.25, 0.6);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Backpropagation_passes_80_percent_within_ten_epochs()
    {
        int[] units = [3072, 512, 512, 512, 10];
        var network = new List<Parameter>();
        for (var layer = 0; layer + 1 < units.Length; layer++)
        {
            network.Add(new Parameter(Orthogonal(units[layer + 1], units[layer])));
            network.Add(new Parameter(zeros(units[layer + 1])));
        }

        var curve = Learn(network, learningRate: 3e-4, epochs: 10, enough: 0.8);

        Assert.InRange(curve[0], 0.12, 0.5);
        Assert.InRange(curve.Max(), 0.8, 1);
    }

    /// <summary>Trains until the test accuracy is enough; returns it after each epoch.</summary>
    private List<double> Learn(IReadOnlyList<Parameter> network, double learningRate, int epochs, double enough)
    {
        using var adam = optim.Adam(network, learningRate, 0.9, 0.999, 1e-6);
        var curve = new List<double>();
        while (curve.Count < epochs && (curve.Count == 0 || curve[^1] < enough))
        {
            using var epoch = NewDisposeScope();
            var order = randperm(_train.Labels.shape[0], generator: _random);
            for (var start = 0L; start + Batch <= order.shape[0]; start += Batch)
            {
                using var step = NewDisposeScope();
                var batch = order.slice(0, start, start + Batch, 1);
                adam.zero_grad();
                nn.functional.cross_entropy(Logits(network, _train.Images[batch]), _train.Labels[batch], reduction: nn.Reduction.Sum)
                    .backward();
                adam.step();
            }

            using var still = no_grad();
            curve.Add(Share(Logits(network, _test.Images).argmax(1)));
        }

        return curve;
    }

    private static Tensor Logits(IReadOnlyList<Parameter> network, Tensor x)
    {
        for (var i = 0; i < network.Count; i += 2)
        {
            x = nn.functional.linear(i == 0 ? x : nn.functional.leaky_relu(x, 0.1), network[i], network[i + 1]);
        }

        return x;
    }

    /// <summary>Orthonormal rows, from this test's own generator: the global one is shared with tests that run at the same time.</summary>
    private Tensor Orthogonal(int rows, int columns) => linalg.qr(randn(columns, rows, generator: _random)).Q.t().contiguous();

    private double Share(Tensor predicted) => (predicted == _test.Labels).to(ScalarType.Float64).mean().item<double>();

    private static (Tensor Images, Tensor Labels) Tensors(ImageSplit split) =>
        (
            tensor(split.Pixels.ToArray()).reshape(split.Count, split.ValuesPerImage).to(ScalarType.Float32) / 255,
            tensor(split.Labels.ToArray()).to(ScalarType.Int64)
        );
}
