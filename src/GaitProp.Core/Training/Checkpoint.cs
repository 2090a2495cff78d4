using System.Globalization;
using System.Runtime.InteropServices;
using GaitProp.Ranks;
using GaitProp.Runs;
using GaitProp.Storage;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>
/// Everything that decides how a run goes on, as tensors by name: weights, biases and gains (<c>layers.0.weight</c>), Adam's moments
/// (<c>adam.layers.0.weight.first</c>), a rule's own state (<c>rule.0</c>), what is counted from one measurement to the next
/// (<c>looks.transposes</c>), and the states of the random generators (<c>rng.torch</c>, and <c>rng.shuffle</c> as it was when the order of
/// the epoch's images was drawn).
/// </summary>
/// <param name="learning">What is saved, and what is put back.</param>
/// <param name="identity">What the run computes; a checkpoint of anything else is refused.</param>
internal sealed class Checkpoint(LearningState learning, string identity)
{
    /// <summary>The format, kept in the metadata.</summary>
    public const string Format = "gaitprop-checkpoint/1";

    private const string TorchGenerator = "rng.torch";
    private const string ShuffleGenerator = "rng.shuffle";

    /// <summary>Writes the state at a position.</summary>
    /// <param name="run">The run.</param>
    /// <param name="position">How far it is.</param>
    /// <param name="epoch">The epoch that the checkpoint stays for; <see langword="null"/> for one that makes way for later ones.</param>
    public void Write(RunWriter run, TrainingPosition position, int? epoch = null) =>
        new CheckpointFolder(run.Folder).Write(position.Step, epoch, path => Write(path, run, position));

    /// <summary>
    /// Puts everything back as the last checkpoint of a run has it that is whole. One that is not is set aside, and the one before it used.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="report">Told, in a line each, what is set aside.</param>
    /// <returns>How far the run was; <see langword="null"/> if there is no checkpoint that is whole.</returns>
    /// <exception cref="GaitPropException">One is whole but belongs to another run, or cannot be read now; it stays as it is.</exception>
    public TrainingPosition? RestoreLast(RunWriter run, Action<string>? report)
    {
        var folder = new CheckpointFolder(run.Folder);
        folder.Sweep();
        foreach (var file in folder.Files)
        {
            try
            {
                return Restore(file, run);
            }
            catch (DamagedCheckpointException e)
            {
                CheckpointFolder.SetAside(file);
                report?.Invoke(
                    $"{e.Message} It was set aside; {(folder.Files.Count > 0 ? "the checkpoint before it is used" : "there is none before it, so the run starts from its beginning")}."
                );
            }
        }

        return null;
    }

    /// <summary>Gives all ranks the first one's state, wherever that came from: its files are not the others' to read.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="position">How far the run is, on the first rank.</param>
    /// <returns>The same on all of them.</returns>
    public TrainingPosition Shared(RankGroup ranks, TrainingPosition position)
    {
        if (ranks.IsAlone)
        {
            return position;
        }

        using var scope = NewDisposeScope();
        long[] numbers = [position.Step, position.Measured ? 1 : 0, learning.Order.Epoch, learning.Optimizer.Steps];
        ranks.Send_(MemoryMarshal.AsBytes(numbers.AsSpan()), 0);
        var (torchState, shuffleState) = (get_rng_state(), learning.Order.State.clone());
        foreach (var tensor in (Tensor[])[.. State().Values, torchState, shuffleState])
        {
            using (no_grad())
            {
                ranks.Send_(tensor);
            }
        }

        if (ranks.IsFirst)
        {
            return position;
        }

        learning.Optimizer.Steps = numbers[3];
        learning.Order.Restore((int)numbers[2], shuffleState);
        set_rng_state(torchState);
        return new(numbers[0], numbers[1] > 0, 0, 0);
    }

    private void Write(string path, RunWriter run, TrainingPosition position)
    {
        using var scope = NewDisposeScope();
        var tensors = State();
        tensors[TorchGenerator] = get_rng_state();
        tensors[ShuffleGenerator] = learning.Order.State;
        var texts = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["measured"] = position.Measured ? "true" : "false",
            ["epoch"] = Text($"{learning.Order.Epoch}"),
            ["adamSteps"] = Text($"{learning.Optimizer.Steps}"),
            ["metricsBytes"] = Text($"{position.MetricsBytes}"),
            ["timingBytes"] = Text($"{position.TimingBytes}"),
        };
        WeightsCard.Of(run.Description, position.Step).Write(texts);
        SafetensorsFile.Write(path, tensors, texts);
    }

    private TrainingPosition Restore(string path, RunWriter run)
    {
        using var content = Read(path);
        var state = State();
        foreach (var (name, tensor) in state)
        {
            if (
                !content.Tensors.TryGetValue(name, out var saved)
                || !saved.shape.SequenceEqual(tensor.shape)
                || saved.dtype != tensor.dtype
            )
            {
                throw new GaitPropException(
                    $"{path} is the checkpoint of another network: it has {NamedWeights.Described(saved)} for {name}, where this one has {NamedWeights.Described(tensor)}."
                );
            }
        }

        if (content.Metadata.GetValueOrDefault("identity") != identity)
        {
            throw new GaitPropException(
                $"{path} is the checkpoint of a run with other settings or other data: remove it, or put back the one that belongs here."
            );
        }

        var position = new TrainingPosition(
            Number(path, content, "step"),
            content.Metadata.GetValueOrDefault("measured") == "true",
            Number(path, content, "metricsBytes"),
            Number(path, content, "timingBytes")
        );
        var (steps, epoch) = (Number(path, content, "adamSteps"), Number(path, content, "epoch"));
        var (order, random) = (Generator(path, content, ShuffleGenerator), Generator(path, content, TorchGenerator));
        if (position.MetricsBytes > run.MetricsBytes || position.TimingBytes > run.TimingBytes)
        {
            throw new DamagedCheckpointException($"{path} cannot be used: measurements that were made before it are missing.");
        }

        // Nothing is put back before all is there: a run that begins again does so with the weights that it was made with.
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (var (name, tensor) in state)
            {
                tensor.copy_(content.Tensors[name]);
            }
        }

        learning.Optimizer.Steps = steps;
        learning.Order.Restore((int)epoch, order);
        set_rng_state(random);
        return position;
    }

    private static SafetensorsContent Read(string path)
    {
        SafetensorsContent content;
        try
        {
            content = SafetensorsFile.Read(path);
        }
        catch (GaitPropException e)
        {
            throw IsDamage(e)
                ? new DamagedCheckpointException(e.Message)
                : new GaitPropException(
                    $"{e.Message.TrimEnd('.')}. If it stays so, move the file away: the run then goes on from the checkpoint before.",
                    e
                );
        }

        if (content.IsVerified && content.Metadata.GetValueOrDefault("format") == Format)
        {
            return content;
        }

        content.Dispose();
        if (!content.IsVerified)
        {
            throw new DamagedCheckpointException($"{path} is damaged: it has no checksum.");
        }

        throw new GaitPropException($"{path} is no checkpoint of this kit: its metadata do not say {Format}.");
    }

    /// <summary>
    /// Whether a file that gave an error is not what was written. One that the system does not hand over (it is locked, its disk is away,
    /// too many files are open, there is no memory for it) may be whole, and be read another time.
    /// </summary>
    private static bool IsDamage(GaitPropException error) =>
        error.InnerException is not (IOException or UnauthorizedAccessException or ExternalException);

    private Dictionary<string, Tensor> State()
    {
        var state = NamedWeights.Of(learning.Network);

        // The optimiser's parameters are the layers', in this very order.
        foreach (var (index, name) in state.Keys.ToArray().Index())
        {
            foreach (var (kind, tensors) in learning.Optimizer.State)
            {
                state[$"adam.{name}.{kind}"] = tensors[index];
            }
        }

        foreach (var (index, tensor) in learning.Rule.State.Index())
        {
            state[$"rule.{index}"] = tensor;
        }

        state["looks.transposes"] = learning.Transposes;

        return state;
    }

    private static Tensor Generator(string path, SafetensorsContent content, string name) =>
        content.Tensors.GetValueOrDefault(name) ?? throw new DamagedCheckpointException($"{path} is damaged: it has no state '{name}'.");

    private static long Number(string path, SafetensorsContent content, string name) =>
        long.TryParse(content.Metadata.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new DamagedCheckpointException($"{path} is damaged: its metadata have no number '{name}'.");
}
