using System.CommandLine;
using GaitProp.Data;
using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Jupyter;
using GaitProp.Layers;
using GaitProp.Loading;
using GaitProp.Rules.Backpropagation;
using GaitProp.Storage;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary><c>info</c>: versions, device, data found, folders. What a bug report should begin with.</summary>
internal static class InfoCommand
{
    public static Command Build(CommandContext context)
    {
        var data = SharedOptions.Data();
        var runs = SharedOptions.Runs();
        var command = new Command("info", "Show versions, device, threads, the data found and the folders in use.") { data, runs };
        command.SetAction(parsed =>
        {
            Show(context, parsed.GetValue(data), parsed.GetValue(runs)!);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Show(CommandContext context, string? data, string runs)
    {
        LibTorch.Load();
        var here = RunEnvironment.Here(torch.CPU);
        var rows = new (string Name, object? Value)[]
        {
            ("GaitProp", OwnProgram.Version),
            ("TorchSharp", here.TorchSharp),
            ("libtorch", LibTorch.Installed is { } installed ? $"{here.LibTorch}: {installed.Folder}" : here.LibTorch),
            (
                "libtorch bridge",
                LibTorch.IsPatched ? $"{LibTorch.BridgeFile} (adapted to this system's C++ library)" : LibTorch.BridgeFile!
            ),
            (".NET", Environment.Version.ToString()),
            ("system", here.System),
            ("processor", $"{here.Processor}, {Count(here.Threads, "thread")} in use"),
            ("convolutions", Convolutions()),
            ("CUDA", Cuda()),
            ("rules", string.Join(", ", RuleCatalog.Names)),
            ("CIFAR-10", FoundData(context, data)),
            ("data sets", $"{string.Join(", ", DataSets.Names)}; '{context.Prompt} data list' tells where they are"),
            ("runs", RunsIn(runs)),
            ("cache", UserCache.Root),
        };
        context.Show(Table.OfFields(rows));
    }

    /// <summary>
    /// Whether libtorch's convolutions are right on this processor, tried on those of the ImageNet network for small images, which takes a
    /// moment. A training tries those of its own batches.
    /// </summary>
    private static string Convolutions()
    {
        const string Tried = "those of the imagenet network for two images of 64 pixels among them; a training tries its own";
        using var scope = torch.NewDisposeScope();
        var experiment = ExperimentDocument.Open("imagenet").Resolve("ngait", new ExperimentChoices { Preset = "fast" });
        var (shape, classes) = (new long[] { 3, 64, 64 }, 10);
        using var network = Network.Blank(
            experiment.Define(shape, classes),
            experiment.Auxiliary,
            torch.ScalarType.Float32,
            null,
            experiment.Gain,
            null
        );
        var trace = network.Forward(torch.zeros([2, .. shape]));
        new BackpropagationRule().Update(network, trace, torch.ones(2, classes));
        var (right, all) = TriedProducts.OnThisProcessor.Found;
        return right == all
            ? $"libtorch's own: right here for all {all} products tried, {Tried}"
            : $"libtorch's own where they are right here, for {right} of {all} products tried ({Tried}); matrix products for the others";
    }

    /// <summary>Every device with its memory, and cuDNN; or why there is none.</summary>
    private static string Cuda()
    {
        if (!torch.cuda_is_available())
        {
            return LibTorch.Remark is { } remark ? $"not available: {remark}" : "not available";
        }

        var devices = Enumerable
            .Range(0, torch.cuda.device_count())
            .Select(i => CudaDriver.Device(i) is { } card ? Text($"cuda:{i} {card.Name}, {card.Bytes / 1e9:F0} GB") : $"cuda:{i}");
        return $"{string.Join("; ", devices)}; cuDNN {(torch.cuda.is_cudnn_available() ? "is used" : "is not there")}";
    }

    private static string FoundData(CommandContext context, string? named)
    {
        if (named == DataSets.Embedded)
        {
            return "the embedded set was asked for";
        }

        try
        {
            return DataPlaces.Current.Find(Cifar10.Official, named) is { } found
                ? found.ToString()
                : $"not found: the embedded set stands in; '{context.Prompt} data fetch {Cifar10.Official.Name}' fetches it";
        }
        catch (GaitPropException e)
        {
            // The rest of what there is to say is of use all the same.
            return context.Advice(e.Message);
        }
    }

    private static string RunsIn(string runs)
    {
        var folder = Path.GetFullPath(runs);
        var count = Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "run.json", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
                .Count()
            : 0;
        return Text($"{folder} ({Count(count, "run")})");
    }
}
