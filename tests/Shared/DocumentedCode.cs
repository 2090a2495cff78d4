using System.Text.RegularExpressions;

namespace GaitProp.Tests;

/// <summary>The C# that a document shows.</summary>
internal static partial class DocumentedCode
{
    /// <summary>The blocks of a document, from the top down.</summary>
    /// <param name="document">From the top of the repository, such as <c>docs/data.md</c>.</param>
    public static string[] Of(string document) =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(Repository.Folder, document))).Select(m => m.Groups[1].Value)];

    /// <summary>The documents that show any.</summary>
    public static IEnumerable<string> Documents() =>
        Directory
            .GetFiles(Repository.Folder, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Repository.Folder, "docs"), "*.md"))
            .Concat(Directory.GetFiles(Path.Combine(Repository.Folder, "src"), "README.md", SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(Repository.Folder, f))
            .Where(f => Of(f).Length > 0)
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("^```(?:csharp|cs|c#)\\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
