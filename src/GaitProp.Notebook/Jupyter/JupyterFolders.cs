namespace GaitProp.Notebook.Jupyter;

/// <summary>Where Jupyter keeps what front ends and kernels share.</summary>
internal static class JupyterFolders
{
    /// <summary>All folders in which a front end of this user looks, those that come first win.</summary>
    /// <param name="prefix">One more environment or machine folder.</param>
    public static IReadOnlyList<string> All(string? prefix = null)
    {
        string[] machine = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "jupyter")]
            : ["/usr/local/share/jupyter", "/usr/share/jupyter"];
        var path =
            Environment.GetEnvironmentVariable("JUPYTER_PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] environments =
        [
            .. new[] { prefix, Environment.GetEnvironmentVariable("VIRTUAL_ENV"), Environment.GetEnvironmentVariable("CONDA_PREFIX") }
                .OfType<string>()
                .Select(Shared),
        ];
        return [.. ((string[])[.. path, UserData, .. environments, .. machine]).Distinct()];
    }

    /// <summary>This user's folder.</summary>
    public static string UserData
    {
        get
        {
            if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } set)
            {
                return Path.GetFullPath(set);
            }

            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                    "jupyter"
                );
            }

            var home = HomeFolder.Name;
            return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Jupyter")
                : Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
                    ? Path.Combine(Path.GetFullPath(data), "jupyter")
                : Path.Combine(home, ".local", "share", "jupyter");
        }
    }

    /// <summary>The folder of an environment or a machine.</summary>
    /// <param name="prefix">The environment.</param>
    public static string Shared(string prefix) => Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");
}
