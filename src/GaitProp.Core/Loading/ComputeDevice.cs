using System.Globalization;
using TorchSharp;

namespace GaitProp;

/// <summary>Where tensors live and operations run.</summary>
public static class ComputeDevice
{
    /// <summary>
    /// The device of a name: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>; with <c>auto</c>, or without a name, the first CUDA device if there
    /// is one, else the CPU.
    /// </summary>
    /// <param name="name">The name, or <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">The name means nothing, or there is no such device here.</exception>
    public static torch.Device Of(string? name)
    {
        LibTorch.Load();
        if (name is null or "auto")
        {
            return torch.cuda_is_available() ? torch.CUDA : torch.CPU;
        }

        if (name == "cpu")
        {
            return torch.CPU;
        }

        var parts = name.Split(':');
        var index = 0;
        if (
            parts[0] != "cuda"
            || parts.Length > 2
            || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index))
        )
        {
            throw new GaitPropException(Suggestion.Unknown("device", name, ["auto", "cpu", "cuda", "cuda:0"]));
        }

        if (!torch.cuda_is_available())
        {
            throw new GaitPropException(
                LibTorch.Remark is { } remark ? $"device {name} is not here: {remark}."
                : LibTorch.Metadata("Torch") == "cuda" || LibTorch.Installed is { HasCuda: true }
                    ? $"device {name} is not here: libtorch finds no CUDA device; check the driver with 'nvidia-smi', or use --device cpu."
                : $"device {name} is not here: libtorch {LibTorch.Described} has no CUDA; name a PyTorch that has it with --libtorch DIR, build with -p:Torch=cuda, or use --device cpu."
            );
        }

        return index < torch.cuda.device_count()
            ? torch.device(DeviceType.CUDA, index)
            : throw new GaitPropException(
                $"device {name} is not here: there are {torch.cuda.device_count()} CUDA devices, counted from cuda:0."
            );
    }
}
