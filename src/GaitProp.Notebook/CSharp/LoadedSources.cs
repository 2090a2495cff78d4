using Microsoft.CodeAnalysis;

namespace GaitProp.Notebook.CSharp;

/// <summary>Finds the files of <c>#load "…"</c>, and leaves the names of cells as they are: they are no files.</summary>
/// <param name="folder">Where relative paths begin.</param>
internal sealed class LoadedSources(string folder) : SourceFileResolver([], folder)
{
    /// <inheritdoc/>
    public override string? NormalizePath(string path, string? baseFilePath) =>
        Path.IsPathRooted(path) ? base.NormalizePath(path, baseFilePath) : path;

    /// <inheritdoc/>
    public override string? ResolveReference(string path, string? baseFilePath) =>
        base.ResolveReference(path, Path.IsPathRooted(baseFilePath) ? baseFilePath : null);
}
