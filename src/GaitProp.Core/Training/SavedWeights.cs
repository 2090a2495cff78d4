using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Runs;
using GaitProp.Runtime;
using GaitProp.Storage;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>
/// The weights of a trained network in a file that says what they are of: a checkpoint, of which the weights alone are taken, or
/// <c>weights.safetensors</c> of a recorded run.
/// </summary>
internal sealed class SavedWeights : IDisposable
{
    /// <summary>The format of weights that stand alone, kept in the metadata.</summary>
    public const string Format = "gaitprop-weights/1";

    /// <summary>The file of a recorded run.</summary>
    public const string FileName = RunRecorder.WeightsFile;

    private static readonly ScalarType[] Kinds = [ScalarType.Float64, ScalarType.Float32, ScalarType.Float16];

    private readonly SafetensorsContent _content;

    private SavedWeights(string file, SafetensorsContent content, WeightsCard card)
    {
        (File, _content, Card) = (file, content, card);
        Tensors = content
            .Tensors.Where(t => t.Key.StartsWith(NamedWeights.Prefix, StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The file, a full path.</summary>
    public string File { get; }

    /// <summary>What they are of.</summary>
    public WeightsCard Card { get; }

    /// <summary>The weights, biases and gains by the names of <see cref="NamedWeights"/>, on the CPU.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Whether they stand alone, and not in a checkpoint.</summary>
    public bool StandAlone => _content.Metadata["format"] == Format;

    /// <summary>Their element type in words: <c>float16</c>.</summary>
    public string Kind => string.Join(" and ", Tensors.Values.Select(t => t.dtype).Distinct()).ToLowerInvariant();

    /// <summary>SHA-256 of names, shapes and numbers, in hexadecimal digits: equal for equal weights in whatever file.</summary>
    public string Sha256
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (name, tensor) in Tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{name} {NamedWeights.Described(tensor)}\n"));
                SafetensorsFile.EachBlock(tensor, block => hash.AppendData(block));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">A checkpoint, or weights that stand alone.</param>
    /// <exception cref="GaitPropException">It is missing, damaged, or no such file; one line says which.</exception>
    public static SavedWeights Read(string file)
    {
        var path = Path.GetFullPath(file);
        var content = SafetensorsFile.Read(path);
        try
        {
            if (content.Metadata.GetValueOrDefault("format") is not (Format or Checkpoint.Format))
            {
                throw new GaitPropException(
                    $"{path} holds no weights of this kit: its metadata say neither {Format} nor {Checkpoint.Format}. Name a checkpoint, a {FileName} or a run."
                );
            }

            if (!content.IsVerified)
            {
                throw new GaitPropException($"{path} is damaged: it has no checksum.");
            }

            return new SavedWeights(path, content, WeightsCard.Read(path, content.Metadata));
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The weights of a run as it is: of its last checkpoint that is whole, or those that were kept when it was recorded.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="report">Told, in a line each, which checkpoints are damaged and done without.</param>
    /// <exception cref="GaitPropException">It has none.</exception>
    public static SavedWeights OfRun(string folder, Action<string>? report = null)
    {
        var run = RunRecord.ReadDescription(folder);
        var files = new CheckpointFolder(folder).Files;
        if (files.Count == 0 && System.IO.File.Exists(Path.Combine(folder, FileName)))
        {
            files = [Path.Combine(folder, FileName)];
        }

        foreach (var (place, file) in files.Index())
        {
            try
            {
                var weights = Read(file);
                if (weights.Card.Identity == run.Identity)
                {
                    return weights;
                }

                weights.Dispose();
                throw new GaitPropException(
                    $"{file} is of a run with other settings or other data: remove it, or put back the one that belongs here."
                );
            }
            catch (GaitPropException e) when (place < files.Count - 1)
            {
                // A run under way removes its old checkpoints meanwhile; that is no damage.
                if (System.IO.File.Exists(file))
                {
                    report?.Invoke($"{e.Message} The checkpoint before it is used.");
                }
            }
        }

        throw new GaitPropException(
            run.Recorded is null
                ? $"run {run.Name} has no checkpoint yet: it has not begun, or its checkpoints were removed."
                : $"run {run.Name} was recorded without its weights: 'gaitprop runs record {run.Name} --weights' keeps them, where the run itself still is."
        );
    }

    /// <summary>
    /// Puts them into a network that begins with them, in its precision and where it lies. It may store more or less than theirs, as long
    /// as its outputs are the same: a gain that they have not is 1, one for a whole layer is that of each row, and of explicit auxiliary
    /// units, on which no output depends, a network without them, or with implicit ones, takes none.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <exception cref="GaitPropException">They are another network's, or not finite; the message names the tensor. Or the network has no
    /// place for their gains, or explicit auxiliary units that they have not; the message names the setting. Or they do not say how many
    /// classes they tell apart, and nothing else does.</exception>
    public void CopyTo(Network network)
    {
        if (Classes is null && Setting("auxiliary") == "explicit")
        {
            throw new GaitPropException(
                $"{File} does not say how many classes its network tells apart, and with explicit auxiliary units its shapes do not either: train that network again, or begin without --from."
            );
        }

        using var scope = NewDisposeScope();
        var weights = new Dictionary<string, Tensor>(Tensors, StringComparer.Ordinal);
        foreach (var (name, target) in NamedWeights.Of(network))
        {
            if (
                NamedWeights.LayerOf(network, name) is AffineLayer layer
                && Fitted(weights.GetValueOrDefault(name), target, layer) is { } fitted
            )
            {
                weights[name] = fitted;
            }
        }

        Copy(weights, network, (name, saved, target) => Remedy(name, saved, target, NamedWeights.LayerOf(network, name)));
    }

    /// <summary>A saved tensor as a layer stores it that computes the same; <see langword="null"/> where there is no such.</summary>
    private Tensor? Fitted(Tensor? saved, Tensor target, AffineLayer layer)
    {
        var isGain = ReferenceEquals(target, layer.Gain);
        if (saved is null)
        {
            return isGain ? ones_like(target) : null;
        }

        if (isGain && saved.shape is [1])
        {
            return saved.expand(target.shape);
        }

        var hasAuxiliary = Setting("auxiliary") == "explicit" && saved.dim() > 0 && saved.shape[0] == layer.FanIn;
        return hasAuxiliary && layer.Keep < layer.FanIn && target.shape[0] == layer.Keep ? saved.narrow(0, 0, layer.Keep) : null;
    }

    /// <summary>What to do about a tensor that does not fit; <see langword="null"/> where it is another network's.</summary>
    private string? Remedy(string name, Tensor? saved, Tensor? target, Layer? layer)
    {
        if (saved is null || layer is not AffineLayer)
        {
            return null;
        }

        if (name.EndsWith(".gain", StringComparison.Ordinal) && (target is null || target.shape is [1]))
        {
            // Gains of the first layer, and those that no setting names, are in the plan of the network.
            var gain = name == $"{NamedWeights.Prefix}0.gain" ? null : Setting("gain");
            var setting = gain is null or "none" ? $"\"network={Setting("network")}\"" : $"gain={gain}";
            return $"{File} has gains, and this run has no place for {name}, without which it would compute something else: add --set {setting}.";
        }

        return target is not null && layer.Auxiliary == AuxiliaryUnits.Explicit && saved.dim() > 0 && saved.shape[0] == layer.Keep
            ? $"{File} has no auxiliary units, and this run trains those of {name}: add --set auxiliary=implicit, or begin with a run that has --set auxiliary=explicit."
            : null;
    }

    /// <summary>
    /// How many classes they tell apart: what their file says, or of an older one its set; <see langword="null"/> where neither does.
    /// </summary>
    private int? Classes => Card.Data.Classes ?? DataSets.All.FirstOrDefault(s => s.Name == Setting("data"))?.ClassNames?.Count;

    private string? Setting(string field) =>
        Card.Settings[field] is JsonValue value && value.TryGetValue<string>(out var word) ? word : null;

    /// <summary>Puts weights into a network.</summary>
    /// <param name="weights">Weights, biases and gains by their names.</param>
    /// <param name="network">The network.</param>
    /// <param name="remedy">What to say of a tensor that does not fit, where it is another network's in nothing else.</param>
    private void Copy(IReadOnlyDictionary<string, Tensor> weights, Network network, Func<string, Tensor?, Tensor?, string?>? remedy = null)
    {
        var targets = NamedWeights.Of(network);
        string? mendable = null;
        foreach (var name in targets.Keys.Concat(weights.Keys).Distinct())
        {
            var (target, saved) = (targets.GetValueOrDefault(name), weights.GetValueOrDefault(name));
            if (target is null || saved is null || !saved.shape.SequenceEqual(target.shape) || !Kinds.Contains(saved.dtype))
            {
                var remedied = remedy?.Invoke(name, saved, target);
                mendable ??= remedied;
                if (remedied is null)
                {
                    throw new GaitPropException(
                        $"{File} holds the weights of another network, {Card.Settings["network"]}: it has {NamedWeights.Described(saved)} for {name}, where this one has {NamedWeights.Described(target)}."
                    );
                }
            }
        }

        // With auxiliary units that are trained, shapes do not tell how many outputs are classes.
        if (Classes is { } classes && network.Layers[^1].OutputShape is [var outputs] && outputs != classes)
        {
            throw new GaitPropException($"{File} holds the weights of another network, for {classes} classes: this one is for {outputs}.");
        }

        if (mendable is not null)
        {
            throw new GaitPropException(mendable);
        }

        // In the network's own type: a number may be too large for it. Nothing is overwritten before all are known to be good.
        foreach (var (name, target) in targets)
        {
            using var check = NewDisposeScope();
            if (!weights[name].to(target.dtype).isfinite().all().IsTrue())
            {
                throw new GaitPropException($"{File} cannot be used: {name} has values that are not finite.");
            }
        }

        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (var (name, target) in targets)
            {
                target.copy_(weights[name]);
            }
        }
    }

    /// <summary>The network that they are of.</summary>
    /// <param name="data">Images of the shape and classes that it was made for.</param>
    /// <param name="device">Where it will lie.</param>
    /// <exception cref="GaitPropException">It was made for other images.</exception>
    public Network ToNetwork(ImageDataset data, Device device) =>
        ToNetwork([data.Train.Channels, data.Train.Height, data.Train.Width], data.ClassNames.Count, device);

    /// <summary>The network that they are of.</summary>
    /// <param name="shape">Channels, height and width of the images that it was made for.</param>
    /// <param name="classes">Their classes.</param>
    /// <param name="device">Where it will lie.</param>
    /// <exception cref="GaitPropException">It was made for other images.</exception>
    public Network ToNetwork(IReadOnlyList<long> shape, int classes, Device device)
    {
        var experiment = Card.Experiment(File);
        var definition = experiment.Define(shape, classes);
        var network = Network.Blank(
            definition,
            experiment.Auxiliary,
            experiment.Precision,
            device,
            experiment.Gain,
            experiment.Activation.Function()
        );
        try
        {
            Copy(Tensors, network);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();
}
