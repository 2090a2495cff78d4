using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Data;

/// <summary>The order in which an epoch takes the training images: a permutation that depends on the seed and the epoch alone.</summary>
/// <param name="draw">Draws an order from a generator: every image's number once, int64.</param>
/// <param name="seed">The experiment's seed.</param>
/// <param name="device">Where the order is used.</param>
internal sealed class EpochOrder(Func<Generator, Tensor> draw, int seed, Device device) : IDisposable
{
    private Tensor? _order;
    private Tensor? _state;

    /// <summary>The epoch whose order this is, from 1; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>The generator's state as it was before the order was drawn.</summary>
    public Tensor State => _state ?? FirstState();

    /// <summary>Places of a batch's images.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="start">The first place in the order.</param>
    /// <param name="length">How many.</param>
    public Tensor Batch(int epoch, long start, long length)
    {
        if (_order is null || Epoch != epoch)
        {
            using var generator = new Generator(Seeds.Derive(seed, SeedUse.Shuffle, epoch), CPU);
            Draw(epoch, generator);
        }

        return _order!.narrow(0, start, length);
    }

    /// <summary>Draws the order of an epoch again, from the generator's state.</summary>
    /// <param name="epoch">The epoch; 0 if none had begun.</param>
    /// <param name="state">The generator's state before the order was drawn.</param>
    public void Restore(int epoch, Tensor state)
    {
        using var generator = new Generator(0, CPU);
        generator.set_state(state);
        Draw(epoch, generator);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _order?.Dispose();
        _state?.Dispose();
    }

    private void Draw(int epoch, Generator generator)
    {
        Dispose();
        using var scope = NewDisposeScope();
        Epoch = epoch;
        _state = generator.get_state().DetachFromDisposeScope();
        _order = draw(generator).to(device).DetachFromDisposeScope();
    }

    private Tensor FirstState()
    {
        using var generator = new Generator(Seeds.Derive(seed, SeedUse.Shuffle, 0), CPU);
        return generator.get_state();
    }
}
