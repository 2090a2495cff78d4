using GaitProp.Benchmarks.Measuring;
using GaitProp.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Steps;

/// <summary>
/// The step that a user of TorchSharp would write for the same network: its own layers, autograd, its own Adam. (On some processors the
/// convolutions inside give wrong numbers, which is why ours are matrix products; what they cost is of interest all the same.)
/// </summary>
internal sealed class TorchStep : IDisposable
{
    private readonly Sequential _network;
    private readonly optim.Optimizer _adam;
    private readonly Tensor _pixels;
    private readonly Tensor _labels;
    private readonly int _batch;

    /// <summary>Builds the network and its optimiser.</summary>
    /// <param name="definition">The plan.</param>
    /// <param name="optimizer">The optimiser's settings.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="data">The images, which are converted a batch at a time.</param>
    public TorchStep(NetworkDefinition definition, OptimizerOptions optimizer, int batch, ImageDataset data)
    {
        _batch = batch;
        _network = nn.Sequential(Modules(definition));
        _adam = optim.Adam(_network.parameters(), optimizer.LearningRate, optimizer.Beta1, optimizer.Beta2, optimizer.Epsilon);
        var train = data.Train;
        _pixels = tensor(train.Pixels.ToArray(), [train.Count, train.Channels, train.Height, train.Width], dtype: ScalarType.Byte)
            .DetachFromDisposeScope();
        _labels = tensor(train.Labels.ToArray(), dtype: ScalarType.Byte).to(ScalarType.Int64).DetachFromDisposeScope();
        Contestant = new Contestant("BP as a user of TorchSharp writes it (nn, autograd, optim.Adam)", Step);
    }

    /// <summary>The step, for taking turns.</summary>
    public Contestant Contestant { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _adam.Dispose();
        _pixels.Dispose();
        _labels.Dispose();
    }

    private void Step()
    {
        using var scope = NewDisposeScope();
        var places = randint(0, _pixels.shape[0], [_batch], dtype: ScalarType.Int64);
        var images = _pixels.index_select(0, places).to(ScalarType.Float32).div_(255);
        _adam.zero_grad();
        var loss = nn.functional.cross_entropy(_network.forward(images), _labels.index_select(0, places), reduction: nn.Reduction.Sum);
        loss.backward();
        _ = _adam.step();
        _ = loss.ToDouble();
    }

    private static IEnumerable<(string, nn.Module<Tensor, Tensor>)> Modules(NetworkDefinition definition)
    {
        var shape = definition.InputShape;
        foreach (var (l, plan) in definition.Layers.Index())
        {
            if (plan is ConvDefinition conv)
            {
                var (rows, columns) = (
                    new SamePadding(shape[1], conv.Kernel, conv.Stride),
                    new SamePadding(shape[2], conv.Kernel, conv.Stride)
                );
                yield return ($"pad{l}", nn.ZeroPad2d((columns.Before, columns.After, rows.Before, rows.After)));
                yield return ($"layer{l}", nn.Conv2d(shape[0], conv.Channels, conv.Kernel, conv.Stride));
                shape = [conv.Channels, rows.Output, columns.Output];
            }
            else
            {
                var units = ((DenseDefinition)plan).Units;
                yield return ($"flat{l}", nn.Flatten());
                yield return ($"layer{l}", nn.Linear(shape.Aggregate(1L, (a, b) => a * b), units));
                shape = [units];
            }

            if (l < definition.Layers.Count - 1)
            {
                yield return ($"activation{l}", nn.LeakyReLU(0.1));
            }
        }
    }
}
