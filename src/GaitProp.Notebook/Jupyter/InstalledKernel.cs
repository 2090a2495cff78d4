using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Jupyter;

/// <summary>A kernel that is installed: what its <c>kernel.json</c> says.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Words">The command that starts it.</param>
/// <param name="Environment">Variables that the command gets.</param>
/// <param name="InterruptsByMessage">Whether the stop button is a message, and not a signal.</param>
internal sealed partial record InstalledKernel(
    string Name,
    string Folder,
    IReadOnlyList<string> Words,
    IReadOnlyDictionary<string, string> Environment,
    bool InterruptsByMessage
)
{
    /// <summary>The names of those that are installed.</summary>
    public static IReadOnlyList<string> Names =>
        [
            .. Folders()
                .Select(Path.GetFileName)
                .OfType<string>()
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>The names of those that are installed, for an error.</summary>
    public static string Listed =>
        Names is { Count: > 0 } names
            ? $"installed are {string.Join(", ", names)}"
            : "none is installed, in Debian and Ubuntu python3-ipykernel is one";

    /// <summary>Finds one.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="CellException">It is not there, or damaged.</exception>
    public static InstalledKernel Find(string name) =>
        Read(
            Folders().FirstOrDefault(f => string.Equals(Path.GetFileName(f), name, StringComparison.OrdinalIgnoreCase))
                ?? throw new CellException($"There is no kernelspec '{name}': {Listed}.", "KernelError")
        );

    /// <summary>Reads what a folder says.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CellException">It is damaged.</exception>
    public static InstalledKernel Read(string folder)
    {
        var file = Path.Combine(folder, "kernel.json");
        try
        {
            var json = WholeJson.Parse(File.ReadAllText(file)) as JsonObject ?? throw new JsonException("it holds no object");
            var words = json["argv"]?.AsArray().Select(w => w!.GetValue<string>()).ToArray() ?? [];
            return words.Length == 0
                ? throw new JsonException("it has no argv")
                : new InstalledKernel(
                    Path.GetFileName(folder),
                    folder,
                    [Program(words[0], folder, JupyterFolders.UserData), .. words[1..]],
                    json["env"] is JsonObject env ? env.ToDictionary(e => e.Key, e => Filled(e.Value?.ToString() ?? "")) : [],
                    json["interrupt_mode"]?.ToString() == "message"
                );
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException or NullReferenceException)
        {
            throw new CellException($"{file} cannot be used: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; {Listed}.", "KernelError");
        }
    }

    /// <summary>
    /// What a bare <c>python</c> means: that of the environment in which the folder lies, if it has one. The user's own folder,
    /// <c>~/.local/share/jupyter</c>, lies in none: what is called python in <c>~/.local/bin</c> need not have the kernel.
    /// </summary>
    /// <param name="word">The program, as the specification names it.</param>
    /// <param name="folder">The specification's folder.</param>
    /// <param name="user">The user's own folder of Jupyter.</param>
    internal static string Program(string word, string folder, string user)
    {
        if (
            word is not ("python" or "python3")
            || Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(folder))) is not { } jupyter
            || jupyter == Path.TrimEndingDirectorySeparator(Path.GetFullPath(user))
            || Path.GetDirectoryName(Path.GetDirectoryName(jupyter)) is not { } prefix
            || jupyter != JupyterFolders.Shared(prefix)
        )
        {
            return word;
        }

        string[] programs = OperatingSystem.IsWindows()
            ? [Path.Combine(prefix, "python.exe"), Path.Combine(prefix, "Scripts", "python.exe")]
            : [Path.Combine(prefix, "bin", "python3"), Path.Combine(prefix, "bin", "python")];
        return programs.FirstOrDefault(File.Exists) ?? word;
    }

    /// <summary>A value with the variables of this process in the place of <c>${NAME}</c>; unknown names stay.</summary>
    private static string Filled(string value) =>
        Variable().Replace(value, m => System.Environment.GetEnvironmentVariable(m.Groups[1].Value) ?? m.Value);

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();

    private static IEnumerable<string> Folders() =>
        JupyterFolders
            .All()
            .Select(f => Path.Combine(f, "kernels"))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(f => File.Exists(Path.Combine(f, "kernel.json")));
}
