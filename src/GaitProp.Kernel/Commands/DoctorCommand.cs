using System.CommandLine;
using System.Text.Json;
using GaitProp.Data;
using GaitProp.Figures;
using GaitProp.Kernel.Jupyter;
using GaitProp.Loading;
using GaitProp.Runtime;
using GaitProp.Storage;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary><c>doctor</c>: what is installed and found, what is missing, and the cure for each.</summary>
internal static class DoctorCommand
{
    /// <summary>A training of the published networks with its checkpoints takes less.</summary>
    private const double EnoughGigabytes = 2;

    internal enum Health
    {
        /// <summary>As it should be.</summary>
        Well,

        /// <summary>Missing, and the kit works without it.</summary>
        Wanting,

        /// <summary>Broken: little works until it is mended.</summary>
        Ill,
    }

    public static Command Build(CommandContext context)
    {
        var data = SharedOptions.Data();
        var runs = SharedOptions.Runs();
        var command = new Command(
            "doctor",
            "Check what the kit needs, and say how to get what is missing. The exit code is 1 if something is broken that it cannot work without."
        )
        {
            data,
            runs,
        };
        command.SetAction(parsed =>
        {
            Finding[] findings =
            [
                Tensors(),
                Gpu(),
                .. DataFound(parsed.GetValue(data)),
                Store("runs", Path.GetFullPath(parsed.GetValue(runs)!)),
                Store("cache", UserCache.Root),
                Kernel(),
                .. VsCode(),
            ];
            Show(context, findings);
            return findings.Any(f => f.Health == Health.Ill) ? CommandLine.Failure : CommandLine.Success;
        });
        return command;
    }

    private static void Show(CommandContext context, Finding[] findings)
    {
        context.Show(
            new Table(
                [new("", Quantity.Words), new("", Quantity.Words), new("", Quantity.Words)],
                [
                    .. findings.Select(f => new Row(
                        f.Health switch
                        {
                            Health.Well => new Mark("ok", Tone.Good),
                            Health.Wanting => new Mark("missing", Tone.Middling),
                            _ => new Mark("broken", Tone.Bad),
                        },
                        f.Name,
                        context.Advice(f.Cure is null ? f.What : $"{f.What}: {f.Cure}")
                    )),
                ]
            )
        );
    }

    private static Finding Tensors()
    {
        try
        {
            LibTorch.Load();
            using var two = torch.ones(2, 2).matmul(torch.ones(2, 2));
            return two.sum().Number() == 8
                ? new("libtorch", Health.Well, $"{LibTorch.Metadata("LibTorchVersion")}, {Count(torch.get_num_threads(), "thread")}")
                : new("libtorch", Health.Ill, "it computes 2 x 2 matrices wrongly", "run 'gaitprop verify' and report what it prints");
        }
        catch (GaitPropException e)
        {
            return new("libtorch", Health.Ill, e.Message);
        }
    }

    private static Finding Gpu()
    {
        var card = CudaDriver.Device(0);

        // As ComputeDevice sees it: the build's own libtorch, or the installed one that was loaded in its place.
        var hasCuda = LibTorch.Metadata("Torch") == "cuda" || LibTorch.Installed is { HasCuda: true };
        return (card, hasCuda) switch
        {
            (null, false) => new("GPU", Health.Well, "none, and this libtorch computes on the CPU"),
            (null, true) => new(
                "GPU",
                Health.Wanting,
                "none that the driver knows, and this libtorch can use one",
                "install NVIDIA's driver"
            ),
            ({ } there, false) => new(
                "GPU",
                Health.Wanting,
                $"{there.Name} is not used",
                "name a PyTorch that has CUDA with --libtorch DIR, or build with -p:Torch=cuda and keep Torch=cuda set for every 'dotnet run' (docs/devices.md)"
            ),
            ({ } there, true) => LibTorch.Remark is { } remark
                ? new("GPU", Health.Wanting, $"{there.Name} cannot be used", remark)
                : new("GPU", Health.Well, there.Name),
        };
    }

    private static IEnumerable<Finding> DataFound(string? named)
    {
        foreach (var set in DataSets.All.OfType<FolderDataSet>())
        {
            var isPublished = set.Name == Cifar10.Official.Name;
            FoundData? found;
            Finding? wrong = null;
            try
            {
                found = named == DataSets.Embedded ? null : DataPlaces.Current.Find(set, named);
            }
            catch (GaitPropException e)
            {
                (found, wrong) = (null, new(set.Title, Health.Wanting, e.Message));
            }

            if (found is not null || isPublished)
            {
                yield return wrong
                    ?? (
                        found is { } at
                            ? new(set.Title, Health.Well, at.ToString()!)
                            : new(
                                set.Title,
                                Health.Wanting,
                                "not found, the embedded set stands in for it",
                                $"fetch it with 'gaitprop data fetch {set.Name}', or name its folder with --data"
                            )
                    );
            }
        }
    }

    /// <summary>A folder that is written to: whether it can be, and how much room there is.</summary>
    internal static Finding Store(string name, string folder)
    {
        // The nearest folder that is there decides: the others are made in it.
        var there = folder;
        while (!Directory.Exists(there))
        {
            if (File.Exists(there))
            {
                return new(name, Health.Ill, $"{there} is a file", "name another folder");
            }

            if (Path.GetDirectoryName(there) is not { Length: > 0 } above)
            {
                // A drive that is not there.
                return Unwritable($"there is no {there}");
            }

            there = above;
        }

        try
        {
            using (File.Create(Path.Combine(there, $".gaitprop-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose)) { }

            var free = DiskSpace.FreeIn(there) / 1e9;
            var what = free is null ? folder : Text($"{folder}, {free:0.0} GB free");
            return free < EnoughGigabytes
                ? new(name, Health.Wanting, what, "a long training may not find room for its checkpoints")
                : new(name, Health.Well, what);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unwritable(e.Message.ReplaceLineEndings(" ").TrimEnd('.'));
        }

        Finding Unwritable(string why) =>
            new(
                name,
                Health.Ill,
                $"{folder} cannot be written to ({why})",
                name == "runs" ? "name another folder with --runs" : "set XDG_CACHE_HOME"
            );
    }

    private static Finding Kernel()
    {
        var found = KernelSpecPlaces.All(null).Select(KernelSpec.Read).OfType<InstalledSpec>().ToArray();
        const string Install = "run 'gaitprop jupyter install'";
        return found.FirstOrDefault() is not { } first
                ? new("kernel", Health.Wanting, $"{KernelSpec.DisplayName} is not installed for Jupyter and VS Code", Install)
            : first.State.StartsWith("starts", StringComparison.Ordinal) ? new("kernel", Health.Well, $"{first.Folder}: {first.State}")
            : new("kernel", Health.Wanting, $"{first.Folder}: {first.State}");
    }

    private static IEnumerable<Finding> VsCode()
    {
        var files = VsCodeSettings.Files();
        if (files.Count == 0)
        {
            yield return new(
                "VS Code",
                Health.Wanting,
                "no settings.json for this user, without which it completes nothing while you type",
                $"if you use it, add to its user settings {VsCodeSettings.Line}"
            );
        }

        foreach (var file in files)
        {
            Finding finding;
            try
            {
                finding = VsCodeSettings.Added(File.ReadAllText(file)) is null
                    ? new("VS Code", Health.Well, $"{file} has {VsCodeSettings.Key} for C#")
                    : new(
                        "VS Code",
                        Health.Wanting,
                        $"{file} lacks {VsCodeSettings.Key} for C#, without which it completes nothing while you type",
                        "run 'gaitprop jupyter install --vscode-settings'"
                    );
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                finding = new(
                    "VS Code",
                    Health.Wanting,
                    $"{file} cannot be read ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')})",
                    "mend it in VS Code"
                );
            }

            yield return finding;
        }
    }

    /// <summary>What was looked at, how it is, and what to do about it.</summary>
    internal sealed record Finding(string Name, Health Health, string What, string? Cure = null);
}
