using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using TorchSharp;

namespace GaitProp;

/// <summary>The machine and the versions that made a run.</summary>
public sealed class RunEnvironment
{
    [JsonConstructor]
    internal RunEnvironment(
        string version,
        string? commit,
        string torchSharp,
        string libTorch,
        string device,
        string processor,
        int threads,
        string system
    ) =>
        (Version, Commit, TorchSharp, LibTorch, Device, Processor, Threads, System) = (
            version,
            commit,
            torchSharp,
            libTorch,
            device,
            processor,
            threads,
            system
        );

    /// <summary>The kit's version.</summary>
    public string Version { get; }

    /// <summary>The commit it was built from, if that is known.</summary>
    [JsonInclude]
    internal string? Commit { get; }

    /// <summary>TorchSharp's version.</summary>
    [JsonInclude]
    internal string TorchSharp { get; }

    /// <summary>libtorch's version and build (cpu or cuda), or whose it is if it is not that of the packages.</summary>
    [JsonInclude]
    internal string LibTorch { get; }

    /// <summary>Where the run computed: <c>cpu</c>, or a CUDA device with the card's name.</summary>
    public string Device { get; }

    /// <summary>The processor's name.</summary>
    public string Processor { get; }

    /// <summary>Threads that libtorch uses.</summary>
    public int Threads { get; }

    /// <summary>The operating system.</summary>
    [JsonInclude]
    internal string System { get; }

    /// <summary>
    /// Processes that trained the run together, which began on this machine; <see langword="null"/> for one. Each has so many threads, or a
    /// device of its own.
    /// </summary>
    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal int? Ranks { get; init; }

    /// <summary>This machine.</summary>
    /// <param name="device">Where the run computes.</param>
    public static RunEnvironment Here(torch.Device device) => Here(device, ranks: null);

    internal static RunEnvironment Here(torch.Device device, int? ranks)
    {
        ArgumentNullException.ThrowIfNull(device);
        var version =
            typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        var parts = version.Split('+', 2);
        return new RunEnvironment(
            parts[0],
            parts.Length > 1 ? parts[1] : null,
            GaitProp.LibTorch.Metadata("TorchSharpVersion"),
            GaitProp.LibTorch.Described,
            Place(device),
            ProcessorName(),
            torch.get_num_threads(),
            RuntimeInformation.OSDescription
        )
        {
            Ranks = ranks,
        };
    }

    /// <summary>In one phrase, for captions: <c>AMD EPYC 7B13, 2 threads</c>.</summary>
    public override string ToString() =>
        (Device == "cpu" ? Text($"{Processor}, {Count(Threads, "thread")}") : $"{Device} ({Processor})")
        + (Ranks is { } ranks ? Text($", {ranks} ranks") : "");

    /// <summary><c>cpu</c>, or <c>cuda:0 NVIDIA H100 80GB HBM3</c>.</summary>
    private static string Place(torch.Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return "cpu";
        }

        var index = Math.Max(device.index, 0);
        var name = Text($"{device.type.ToString().ToLowerInvariant()}:{index}");
        return Loading.CudaDriver.Device(index) is { } card ? $"{name} {card.Name}" : name;
    }

    private static string ProcessorName()
    {
        try
        {
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null)
            {
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
        }
        catch (IOException)
        {
            // Not Linux: the architecture has to do.
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
