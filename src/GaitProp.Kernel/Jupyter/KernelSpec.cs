using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Notebooks;
using GaitProp.Storage;

namespace GaitProp.Kernel.Jupyter;

/// <summary>A kernelspec that was found.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="State">What it starts, and whether that exists.</param>
internal sealed record InstalledSpec(string Folder, string State);

/// <summary>The folder from which a front end learns how to start the kernel: <c>kernel.json</c> and three logos.</summary>
/// <param name="folder">The folder.</param>
internal sealed class KernelSpec(string folder)
{
    /// <summary>The folder's name, which notebooks keep.</summary>
    public const string Name = "gaitprop-csharp";

    /// <summary>What people read.</summary>
    public const string DisplayName = "C# (GaitProp)";

    /// <summary>Both, as notebooks name them.</summary>
    public static NotebookKernel Kernel { get; } = new(Name, DisplayName);

    private const string Main = "kernel.json";

    private static readonly string[] Logos = ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"];

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes what is missing or different; <c>kernel.json</c> last, because front ends list folders that have one.</summary>
    /// <returns>The files that were written.</returns>
    /// <exception cref="GaitPropException">The folder cannot be written, or holds a kernel of somebody else.</exception>
    public IReadOnlyList<string> Install()
    {
        RefuseForeign("install");

        // What cannot be written must leave nothing behind: where this is no program there is no kernel.json.
        (string Name, byte[] Content)[] files = [.. Logos.Select(logo => (logo, Logo(logo))), (Main, Json())];
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(folder, e);
        }

        var written = new List<string>();
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            {
                AtomicFile.Write(path, content);
                written.Add(name);
            }
        }

        return written;
    }

    /// <summary>Removes the files that <see cref="Install"/> writes, and the folder if nothing else is in it.</summary>
    /// <returns>Whether there was something to remove.</returns>
    /// <exception cref="GaitPropException">The folder holds a kernel of somebody else, or files that are not ours.</exception>
    public bool Uninstall()
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        RefuseForeign("uninstall");
        try
        {
            // First the file that makes it a kernel: what is left after a failure is not listed.
            foreach (var name in (string[])[Main, .. Logos])
            {
                File.Delete(Path.Combine(folder, name));
            }

            if (Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).ToArray() is [_, ..] others)
            {
                throw new GaitPropException(
                    $"the kernel is uninstalled, but {folder} holds files that are not ours and stay: {string.Join(", ", others)}."
                );
            }

            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"{folder} cannot be removed: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        return true;
    }

    /// <summary>Reads what is in a folder; <see langword="null"/> if there is no kernel in it.</summary>
    /// <param name="folder">The folder.</param>
    public static InstalledSpec? Read(string folder)
    {
        var path = Path.Combine(folder, Main);
        if (!File.Exists(path))
        {
            return null;
        }

        if (
            Parse(path) is not { } json
            || json["argv"] is not JsonArray { Count: > 1 } words
            || words.Any(w => w is null || w.GetValueKind() != JsonValueKind.String)
        )
        {
            return new InstalledSpec(folder, "kernel.json is damaged: install again");
        }

        if (!IsOurs(json))
        {
            return new InstalledSpec(folder, "kernel.json is not of this program");
        }

        // Whatever the command line names as a file of its own has to be there.
        var missing = words.Take(2).Select(w => w!.GetValue<string>()).FirstOrDefault(w => Path.IsPathRooted(w) && !File.Exists(w));
        return new InstalledSpec(
            folder,
            missing is null
                ? $"starts {words.Take(2).Select(w => w!.GetValue<string>()).LastOrDefault(Path.IsPathRooted) ?? words[1]!.GetValue<string>()}"
                : $"program is missing: {missing}; build and run 'jupyter install' again"
        );
    }

    private static byte[] Json() =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["argv"] = new JsonArray([.. OwnProgram.Command("jupyter", "start", "{connection_file}").Select(w => JsonValue.Create(w))]),
                ["display_name"] = DisplayName,
                ["language"] = "C#",
                ["interrupt_mode"] = "message",
                ["metadata"] = new JsonObject { ["debugger"] = false, ["gaitprop"] = OwnProgram.PackageVersion },
            }.ToJsonString(Indented) + "\n"
        );

    private static byte[] Logo(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"GaitProp.Kernel.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void RefuseForeign(string verb)
    {
        var path = Path.Combine(folder, Main);
        if (File.Exists(path) && Parse(path) is { } json && !IsOurs(json))
        {
            throw new GaitPropException(
                $"cannot {verb}: {path} belongs to another kernel; remove it, or name another place with --prefix."
            );
        }
    }

    private static bool IsOurs(JsonObject json) => json["metadata"] is JsonObject metadata && metadata.ContainsKey("gaitprop");

    private static JsonObject? Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"{path} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
