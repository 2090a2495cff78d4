namespace GaitProp.Storage;

/// <summary>Paths that begin with <c>~</c>: no shell has seen the words of a notebook cell or of an .env file.</summary>
internal static class HomePath
{
    /// <summary>Puts the user's home folder in the place of a leading <c>~</c>.</summary>
    public static string Expand(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.Join(HomeFolder.Name, path[1..]) : path;
}
