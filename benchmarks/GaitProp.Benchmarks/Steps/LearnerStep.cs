using GaitProp.Benchmarks.Measuring;
using GaitProp.Experiments;
using GaitProp.Runtime;
using GaitProp.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Steps;

/// <summary>
/// The trainer's own step: a batch from the data set, forward pass, rule, orthogonality, Adam. There is no other path that is timed.
/// </summary>
internal sealed class LearnerStep : IDisposable
{
    /// <summary>Batches of the data set: the order of an epoch is drawn now and then, as in training.</summary>
    public const int Batches = 4;

    /// <summary>
    /// Where all directions are retracted after every so many steps or fewer, the steps in between are timed with them, in their order.
    /// </summary>
    private const int LongestCycle = 8;

    private readonly LearningState _state;
    private readonly Experiment _experiment;
    private long _step;

    /// <summary>Builds the network and what trains it.</summary>
    /// <param name="way">The way to compute.</param>
    /// <param name="subject">The network.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="data">The images.</param>
    /// <param name="device">Where it computes; the CPU if null.</param>
    public LearnerStep(Way way, Subject subject, int batch, ImageDataset data, Device? device = null)
    {
        _experiment = way.Experiment(subject, batch);
        _state = new LearningState(_experiment, data, device ?? CPU);
        var (retracts, every) = (_experiment.Orthogonality.Kind == OrthogonalityKind.Retraction, _experiment.Orthogonality.Every);
        var inCycles = retracts && every <= LongestCycle;
        Contestant = new Contestant(way.Name, inCycles ? Cycle : Usual)
        {
            Count = inCycles ? every : 1,
            NowAndThen = retracts && !inCycles ? Whole : null,
            OutOf = every,
            Operations = Products.OfStep(_experiment, _state.Network, batch),
            IsDouble = _experiment.Precision == ScalarType.Float64,
            Settle = device?.type == DeviceType.CUDA ? () => cuda.synchronize(device) : null,
        };
    }

    /// <summary>The step, for taking turns.</summary>
    public Contestant Contestant { get; }

    /// <summary>A step after which all directions are retracted.</summary>
    public void Whole() => Take(_experiment.Orthogonality.Every - 1);

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    /// <summary>
    /// Steps 1, 2, 1, …: with the usual settings neither an angle nor a whole retraction is due at any of them, and none ends an epoch,
    /// where a device other than the CPU is waited for.
    /// </summary>
    private void Usual() => Take(1 + (_step++ % (Batches - 2)));

    /// <summary>As many steps as training takes from one whole retraction to the next; never step 0, at which an angle is due.</summary>
    private void Cycle()
    {
        for (var i = 0; i < _experiment.Orthogonality.Every; i++)
        {
            Take(++_step);
        }
    }

    private void Take(long step)
    {
        using var products = Tf32.While(_experiment.Tf32);
        _state.Step(step, (_, _) => throw new InvalidOperationException("No angle is due."));
    }
}
