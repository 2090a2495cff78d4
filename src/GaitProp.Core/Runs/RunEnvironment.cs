using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using TorchSharp;

namespace GaitProp;

/// <summary>The machine and the versions that made a run.</summary>
/// <param name="Version">The kit's version.</param>
/// <param name="Commit">The commit it was built from, if that is known.</param>
/// <param name="TorchSharp">TorchSharp's version.</param>
/// <param name="LibTorch">libtorch's version and build (cpu or cuda), or whose it is if it is not that of the packages.</param>
/// <param name="Device">Where the run computed: <c>cpu</c>, or a CUDA device with the card's name.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="Threads">Threads that libtorch uses.</param>
/// <param name="System">The operating system.</param>
public sealed record RunEnvironment(
    string Version,
    string? Commit,
    string TorchSharp,
    string LibTorch,
    string Device,
    string Processor,
    int Threads,
    string System
)
{
    /// <summary>
    /// Processes that trained the run together, which began on this machine; <see langword="null"/> for one. Each has so many threads, or a
    /// device of its own.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Ranks { get; init; }

    /// <summary>This machine.</summary>
    /// <param name="device">Where the run computes.</param>
    public static RunEnvironment Here(torch.Device device)
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
        );
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
