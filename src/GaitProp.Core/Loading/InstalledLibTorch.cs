using System.Text.RegularExpressions;

namespace GaitProp.Loading;

/// <summary>
/// A libtorch that is on this machine already, such as that of an installed PyTorch, in place of the one of the NuGet packages.
/// </summary>
/// <param name="Folder">The folder of its libraries.</param>
/// <param name="Version">Its version and build, such as <c>2.10.0+cu128</c>; <see langword="null"/> where it does not say.</param>
/// <param name="Origin">How it was found, for messages.</param>
internal sealed partial record InstalledLibTorch(string Folder, string? Version, string Origin)
{
    /// <summary>The environment variable that names one.</summary>
    public const string Variable = "GAITPROP_LIBTORCH";

    private static readonly string[] Active = ["VIRTUAL_ENV", "CONDA_PREFIX"];

    /// <summary>Its version, for messages.</summary>
    public string VersionText => Version ?? "of unknown version";

    /// <summary>Whether it is of the release that TorchSharp's bridge was built for: others may load, and compute wrongly.</summary>
    public bool Fits => Version is not null && Release(Version) == Release(Built);

    /// <summary>Whether it can compute on CUDA devices.</summary>
    public bool HasCuda => File.Exists(Path.Combine(Folder, LibraryName("torch_cuda")));

    /// <summary>The version that TorchSharp's bridge was built for.</summary>
    public static string Built => LibTorch.Metadata("LibTorchVersion");

    /// <summary>The one that <c>GAITPROP_LIBTORCH</c> names; <see langword="null"/> if it is not set.</summary>
    /// <exception cref="GaitPropException">There is no libtorch where it says.</exception>
    public static InstalledLibTorch? Named()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } named || string.IsNullOrWhiteSpace(named))
        {
            return null;
        }

        var root = Path.GetFullPath(named);
        return In(root, $"{Variable} names it")
            ?? throw new GaitPropException(
                $"there is no libtorch in {root}: {LibraryName("torch_cpu")} is neither there nor in lib or torch{Path.DirectorySeparatorChar}lib; name an unpacked libtorch, PyTorch's torch{Path.DirectorySeparatorChar}lib, or the Python environment that has PyTorch."
            );
    }

    /// <summary>
    /// The one of the Python environment that is active (<c>VIRTUAL_ENV</c> or <c>CONDA_PREFIX</c>); <see langword="null"/> if there is
    /// none, or no PyTorch in it.
    /// </summary>
    public static InstalledLibTorch? OfActiveEnvironment() =>
        Active
            .Select(Environment.GetEnvironmentVariable)
            .OfType<string>()
            .Where(Directory.Exists)
            .Select(root => In(Path.GetFullPath(root), "PyTorch of the active Python environment"))
            .FirstOrDefault(found => found is not null);

    /// <summary>
    /// Refuses a library that is cut short or no library, before the system maps it: a process that touches what is missing ends.
    /// </summary>
    /// <exception cref="GaitPropException">A library is damaged.</exception>
    public void Check(IEnumerable<string> libraries)
    {
        foreach (var library in libraries)
        {
            try
            {
                if (OperatingSystem.IsLinux())
                {
                    ElfLength.Check(library);
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                throw new GaitPropException(
                    $"libtorch {VersionText} ({Origin}) cannot be loaded: {library} is damaged ({e.Message}); install it again, or do without it.",
                    e
                );
            }
        }
    }

    private static InstalledLibTorch? In(string root, string origin)
    {
        var places = new List<string>
        {
            root,
            Path.Combine(root, "lib"),
            Path.Combine(root, "torch", "lib"),
            Path.Combine(root, "Lib", "site-packages", "torch", "lib"),
        };
        var lib = Path.Combine(root, "lib");
        if (Directory.Exists(lib))
        {
            places.AddRange(
                Directory
                    .EnumerateDirectories(lib, "python3*")
                    .Order(StringComparer.Ordinal)
                    .Select(python => Path.Combine(python, "site-packages", "torch", "lib"))
            );
        }

        return places.FirstOrDefault(place => File.Exists(Path.Combine(place, LibraryName("torch_cpu")))) is { } folder
            ? new InstalledLibTorch(folder, VersionOf(folder), origin)
            : null;
    }

    /// <summary>
    /// What PyTorch writes into torch/version.py, and an unpacked libtorch into build-version: both lie beside the folder of the libraries.
    /// </summary>
    private static string? VersionOf(string folder)
    {
        var above = Path.GetDirectoryName(folder)!;
        var (python, plain) = (Path.Combine(above, "version.py"), Path.Combine(above, "build-version"));
        var text =
            File.Exists(python) ? PythonVersion().Match(File.ReadAllText(python)).Groups[1].Value
            : File.Exists(plain) ? File.ReadAllText(plain).Trim()
            : "";
        return VersionNumber().IsMatch(text) ? text : null;
    }

    /// <summary>The first two numbers of a version: libtorch's ABI changes with the second.</summary>
    private static string Release(string version) => string.Join('.', version.Split('.').Take(2));

    private static string LibraryName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{name}.dylib"
        : $"lib{name}.so";

    [GeneratedRegex("""^__version__\s*=\s*['"]([^'"]+)['"]""", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();

    [GeneratedRegex(@"^\d+\.\d+[0-9A-Za-z.+]{0,40}$")]
    private static partial Regex VersionNumber();
}
