using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GaitProp.Loading;
using GaitProp.Runtime;
using GaitProp.Storage;
using TorchSharp;

namespace GaitProp;

/// <summary>
/// Loads libtorch before TorchSharp looks for it: the one that <c>GAITPROP_LIBTORCH</c> names, or a PyTorch with CUDA of the active Python
/// environment, else from the restored NuGet packages, so that nothing is copied beside an assembly; and on systems whose C++ library is
/// older than the one TorchSharp was built with, through a copy of its small bridge library in the user's cache (see
/// <see cref="ElfVersionNeeds"/>).
/// </summary>
public static partial class LibTorch
{
    private static readonly Lock Gate = new();
    private static bool s_loaded;

    /// <summary>
    /// The file of TorchSharp's bridge library that was loaded; <see langword="null"/> before <see cref="Load"/>. It lies in the user's
    /// cache where the system's C++ library made a patched copy necessary.
    /// </summary>
    internal static string? BridgeFile { get; private set; }

    /// <summary>Whether a patched copy of the bridge library had to be used.</summary>
    internal static bool IsPatched { get; private set; }

    /// <summary>The libtorch that was loaded in place of the packages'; <see langword="null"/> if it is theirs.</summary>
    internal static InstalledLibTorch? Installed { get; private set; }

    /// <summary>
    /// Why a PyTorch that is there was not taken, or its CUDA part does not load; <see langword="null"/> if there is nothing to say.
    /// </summary>
    internal static string? Remark { get; private set; }

    /// <summary>Version, build and origin in one phrase, such as <c>2.10.0 cpu</c>.</summary>
    internal static string Described =>
        Installed is null ? $"{Metadata("LibTorchVersion")} {Metadata("Torch")}" : $"{Installed.VersionText}, {Installed.Origin}";

    /// <summary>Loads libtorch once a process; later calls return at once. Safe on any thread and in many processes at once.</summary>
    /// <exception cref="GaitPropException">The libraries are missing or do not load here; the message names the cause and the
    /// cure.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (s_loaded)
            {
                return;
            }

            var rid = RuntimeIdentifier();
            var searched = SearchedFolders(rid);
            var folders = searched.Where(Directory.Exists).Distinct().ToList();
            var bridge =
                Find(folders, BridgeName())
                ?? throw new GaitPropException(
                    $"libtorch cannot be loaded: {BridgeName()} (TorchSharp {Metadata("TorchSharpVersion")}) is in none of "
                        + $"{Listed(searched)}; {Fetch(rid)}, or set NUGET_PACKAGES to the folder that the packages were restored to."
                );
            Installed = InstalledLibTorch.Named() ?? OfPython(folders);
            ThreadWaiting.Sleep();
            NativeHeap.Keep();
            Preload(Installed is null ? folders : [Installed.Folder], searched);
            BridgeFile = LoadBridge(bridge);
            IsPatched = BridgeFile != bridge;
            Tf32.Forbid();
            s_loaded = true;
        }
    }

    /// <summary>The active Python environment's, where the bridge was built for it and it has what the packages have not.</summary>
    private static InstalledLibTorch? OfPython(List<string> folders)
    {
        if (InstalledLibTorch.OfActiveEnvironment() is not { } found)
        {
            return null;
        }

        var packaged = folders
            .SelectMany(Directory.EnumerateFiles)
            .Any(f => PreloadedName().IsMatch(Path.GetFileName(f)) && Path.GetFileName(f).Contains("torch_cpu", StringComparison.Ordinal));
        if (found.Fits && (found.HasCuda || !packaged))
        {
            return found;
        }

        Remark = found.Fits
            ? $"PyTorch {found.VersionText} in {found.Folder} has no CUDA: libtorch of the packages is used"
            : $"PyTorch {found.VersionText} in {found.Folder} is not used: TorchSharp's bridge was built for libtorch {InstalledLibTorch.Built}; {InstalledLibTorch.Variable} names it all the same, and then it is tried";
        return null;
    }

    /// <summary>
    /// Loads the bridge library, or where the C++ library is too old for it, the patched copy. Returns the file that was loaded.
    /// </summary>
    private static string LoadBridge(string bridge)
    {
        PatchedLibrary? copy = null;
        var weak = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                try
                {
                    var library = NativeLibrary.Load(copy?.LoadPath ?? bridge);
                    _ = GuardedMatmul.Guard(library);
                    _ = LateFinaliser.Delays(library);
                    _ = DeterministicCuDnn.Ask(library);
                    return copy?.Path ?? bridge;
                }
                catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
                {
                    var missing = MissingVersion().Match(e.Message);
                    if (!OperatingSystem.IsLinux() || !missing.Success || !weak.Add(missing.Groups[1].Value))
                    {
                        throw new GaitPropException($"libtorch cannot be loaded: {FirstLine(e.Message, bridge)}. {Cure()}", e);
                    }

                    copy?.Dispose();
                    copy = PatchedLibrary.Ensure(bridge, weak, Path.Combine(UserCache.Root, "native"));
                }
            }
        }
        finally
        {
            copy?.Dispose();
        }
    }

    /// <summary>
    /// Loads what the bridge library needs, by full path. The dynamic linker then finds each by its own name, although the packages keep
    /// them in folders of their own.
    /// </summary>
    private static void Preload(List<string> folders, List<string> searched)
    {
        var waiting = folders
            .SelectMany(Directory.EnumerateFiles)
            .Where(f => PreloadedName().IsMatch(Path.GetFileName(f)))
            .DistinctBy(Path.GetFileName)
            .ToList();
        if (!waiting.Any(f => Path.GetFileName(f).Contains("torch_cpu", StringComparison.Ordinal)))
        {
            throw new GaitPropException(
                $"libtorch cannot be loaded: libtorch {Metadata("LibTorchVersion")} ({Metadata("Torch")}) is in none of "
                    + $"{Listed(searched)}; {Fetch(RuntimeIdentifier())}, or set NUGET_PACKAGES to the folder that the packages were restored to, or {InstalledLibTorch.Variable} to that of an installed PyTorch."
            );
        }

        Installed?.Check(waiting);

        // Their order is not written down anywhere: try until a pass loads nothing more.
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var progress = true; progress && waiting.Count > 0; )
        {
            progress = false;
            foreach (var file in waiting.ToArray())
            {
                try
                {
                    NativeLibrary.Load(file);
                    waiting.Remove(file);
                    progress = true;
                }
                catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
                {
                    failures[file] = FirstLine(e.Message, file);
                }
            }
        }

        if (Failed("torch_cpu") is { } failure)
        {
            throw new GaitPropException($"libtorch cannot be loaded: {failure}. {Cure()}");
        }

        if (Failed("torch_cuda") is { } without)
        {
            Remark = $"CUDA is left out: {without}";
        }

        string? Failed(string name) =>
            waiting.FirstOrDefault(f => Path.GetFileNameWithoutExtension(f).EndsWith(name, StringComparison.Ordinal)) is { } file
                ? failures[file]
                : null;
    }

    /// <summary>The folders that may hold native libraries, the application's own first; some may not exist.</summary>
    private static List<string> SearchedFolders(string rid)
    {
        var native = Path.Combine("runtimes", rid, "native");
        var folders = new List<string> { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, native) };

        // In a script or a notebook TorchSharp.dll lies in its package: packages/torchsharp/VERSION/lib/FRAMEWORK/.
        var assembly = Path.GetDirectoryName(typeof(torch).Assembly.Location);
        var packages = new List<string?>
        {
            string.IsNullOrEmpty(assembly) ? null : Path.GetFullPath(Path.Combine(assembly, "..", "..", "..", "..")),
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            AppContext.GetData("GaitProp.NuGetPackages") as string,
            HomeFolder.Packages,
        };

        foreach (var root in packages.OfType<string>().Distinct())
        {
            folders.Add(Path.Combine(root, "torchsharp", Metadata("TorchSharpVersion"), native));
            if (Directory.Exists(root))
            {
                folders.AddRange(
                    Directory
                        .EnumerateDirectories(root, $"libtorch-{Metadata("Torch")}-*{rid}*")
                        .Order(StringComparer.Ordinal)
                        .Select(package => Path.Combine(package, Metadata("LibTorchVersion"), native))
                );
            }
        }

        return folders;
    }

    /// <summary>How to get the packages where no project names them: the tool, a script.</summary>
    private static string Fetch(string rid) =>
        Metadata("Torch") == "cuda"
            ? "run 'dotnet build -p:Torch=cuda' in the clone, which also joins the parts of its large files"
            : $"run 'dotnet package download TorchSharp@{Metadata("TorchSharpVersion")} libtorch-cpu-{rid}@{Metadata("LibTorchVersion")}' (in a clone 'dotnet restore')";

    private static string? Find(IEnumerable<string> folders, string name) =>
        folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string Listed(List<string> folders) => string.Join(", ", folders.Distinct());

    private static string RuntimeIdentifier()
    {
        var architecture = RuntimeInformation.ProcessArchitecture;
        var rid = (OperatingSystem.IsLinux(), OperatingSystem.IsWindows(), OperatingSystem.IsMacOS(), architecture) switch
        {
            (true, _, _, Architecture.X64) => "linux-x64",
            (_, true, _, Architecture.X64) => "win-x64",
            (_, _, true, Architecture.Arm64) => "osx-arm64",
            _ => null,
        };
        return rid
            ?? throw new GaitPropException(
                $"libtorch cannot be loaded: TorchSharp has no build for {RuntimeInformation.OSDescription} "
                    + $"on {architecture}; use Linux or Windows on x64, or macOS on Apple silicon."
            );
    }

    private static string BridgeName() =>
        OperatingSystem.IsWindows() ? "LibTorchSharp.dll"
        : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib"
        : "libLibTorchSharp.so";

    private static string Cure() =>
        OperatingSystem.IsLinux()
            ? "It needs a 64-bit Linux with glibc 2.34 and libstdc++ of GCC 12 or newer (Debian 12, Ubuntu 22.04, Fedora 36 and later)."
            : "Install the current Microsoft Visual C++ runtime (Windows) or update the system.";

    /// <summary>The line of the loader's message that speaks of the file; the rest lists every name it tried.</summary>
    private static string FirstLine(string message, string file)
    {
        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var line =
            lines.FirstOrDefault(l =>
                l.Contains("not found", StringComparison.Ordinal) || l.Contains("cannot open", StringComparison.Ordinal)
            )
            ?? lines.FirstOrDefault(l => l.StartsWith(file, StringComparison.Ordinal))
            ?? lines.FirstOrDefault()
            ?? message;
        return line.TrimEnd('.');
    }

    internal static string Metadata(string key) =>
        typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;

    [GeneratedRegex(@"version [`'](GLIBCXX_[0-9.]+)' not found")]
    private static partial Regex MissingVersion();

    [GeneratedRegex(
        @"^(lib)?(c10|c10_cuda|torch|torch_cpu|torch_cuda|torch_cuda_linalg|gomp|iomp5|libiomp5|omp|uv|asmjit|fbgemm|caffe2_nvrtc|cu|nv)[a-zA-Z0-9_-]*\.(so|dll|dylib)[0-9.]*$"
    )]
    private static partial Regex PreloadedName();
}
