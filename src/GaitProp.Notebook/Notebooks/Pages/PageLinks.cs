namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>
/// Links and pictures of a notebook that becomes a page in some folder: what its text names lies where the notebook does.
/// </summary>
/// <param name="from">The notebook's folder.</param>
/// <param name="to">The page's folder; <see langword="null"/> for a page that is sent around and links to no file.</param>
internal sealed class PageLinks(string from, string? to)
{
    private static readonly (string Extension, string Mime)[] Types =
    [
        (".png", "image/png"),
        (".jpg", "image/jpeg"),
        (".jpeg", "image/jpeg"),
        (".gif", "image/gif"),
        (".webp", "image/webp"),
        (".svg", "image/svg+xml"),
    ];

    /// <summary>
    /// A link as it must be written in the page, as it is if it names no file; <see langword="null"/> where it must not be one.
    /// </summary>
    /// <param name="link">The link of the notebook.</param>
    public string? Rebased(string link)
    {
        if (File(link) is not { } file || string.Equals(from, to, StringComparison.Ordinal))
        {
            return link;
        }

        if (to is null)
        {
            return null;
        }

        var end = link.IndexOfAny(['#', '?']) is >= 0 and var at ? at : link.Length;
        return string.Join(
                '/',
                Path.GetRelativePath(to, file).Replace(Path.DirectorySeparatorChar, '/').Split('/').Select(Uri.EscapeDataString)
            ) + link[end..];
    }

    /// <summary>
    /// The picture that a link names as a <c>data:</c> address, so that the page needs no other file; <see langword="null"/> if there is
    /// none.
    /// </summary>
    /// <param name="link">The link of the notebook.</param>
    public string? Inlined(string link) =>
        File(link) is { } file
        && System.IO.File.Exists(file)
        && Types.FirstOrDefault(t => file.EndsWith(t.Extension, StringComparison.OrdinalIgnoreCase)).Mime is { } mime
            ? $"data:{mime};base64,{Convert.ToBase64String(System.IO.File.ReadAllBytes(file))}"
            : null;

    /// <summary>The file that a relative link names; <see langword="null"/> for an address, an anchor or an absolute path.</summary>
    private string? File(string link)
    {
        var end = link.IndexOfAny(['#', '?']) is >= 0 and var at ? at : link.Length;
        if (
            end == 0
            || link.StartsWith('/')
            || link.Contains(':', StringComparison.Ordinal)
            || link.Contains('\0', StringComparison.Ordinal)
        )
        {
            return null;
        }

        return Path.GetFullPath(Path.Combine(from, Uri.UnescapeDataString(link[..end])));
    }
}
