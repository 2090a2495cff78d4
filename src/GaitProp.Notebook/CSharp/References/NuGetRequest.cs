using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp.References;

/// <summary>A package that a cell asks for: <c>#r "nuget: Name, 1.2.3"</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version as NuGet takes it: exact, a range, or floating such as <c>*</c>, <c>1.*</c>, <c>*-*</c>.</param>
internal sealed partial record NuGetRequest(string Name, string Version)
{
    private const string Prefix = "nuget:";

    /// <summary>Whether the version may be another one tomorrow.</summary>
    public bool IsFloating => Version.Contains('*', StringComparison.Ordinal);

    /// <summary>Whether a reference means a package, or a source of packages.</summary>
    /// <param name="text">What stands between the quotes.</param>
    public static bool IsNuGet(string text) => text.TrimStart().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>What follows <c>nuget:</c>.</summary>
    /// <param name="text">What stands between the quotes.</param>
    public static string Rest(string text) => text.TrimStart()[Prefix.Length..].Trim();

    /// <summary>Reads a request.</summary>
    /// <param name="text">What stands between the quotes.</param>
    /// <exception cref="CellException">It is none.</exception>
    public static NuGetRequest Parse(string text)
    {
        var match = Pattern().Match(Rest(text));
        return match.Success
            ? new NuGetRequest(match.Groups["name"].Value, match.Groups["version"] is { Success: true, Value: var version } ? version : "*")
            : throw new CellException(
                $"'#r \"{text}\"' asks for no package: write #r \"nuget: Name\" or #r \"nuget: Name, 1.2.3\" (or 1.*, or *-* for the newest with pre-releases).",
                "NuGetError"
            );
    }

    /// <inheritdoc/>
    public override string ToString() => Version == "*" ? Name : $"{Name} {Version}";

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(,\s*(?<version>[\[(]?[0-9A-Za-z.*+\-, ]+[\])]?))?\s*$")]
    private static partial Regex Pattern();
}
