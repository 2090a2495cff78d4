namespace GaitProp.Kernel.Jupyter;

/// <summary>Where front ends look for kernels.</summary>
internal static class KernelSpecPlaces
{
    /// <summary>The folder of the kernel's specification.</summary>
    /// <param name="prefix">An environment or machine folder; this user's kernels if <see langword="null"/>.</param>
    public static string Place(string? prefix) => Kernel(prefix is null ? UserData : Shared(prefix));

    /// <summary>All folders in which a front end of this user may find it, those that come first win.</summary>
    /// <param name="prefix">One more environment or machine folder.</param>
    public static IReadOnlyList<string> All(string? prefix)
    {
        string[] machine = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "jupyter")]
            : ["/usr/local/share/jupyter", "/usr/share/jupyter"];
        var path = Environment.GetEnvironmentVariable("JUPYTER_PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] environments = [.. new[] { prefix, Environment.GetEnvironmentVariable("VIRTUAL_ENV"), Environment.GetEnvironmentVariable("CONDA_PREFIX") }.OfType<string>().Select(Shared)];
        return [.. ((string[])[.. path, UserData, .. environments, .. machine]).Select(Kernel).Distinct()];
    }

    /// <summary>This user's folder of Jupyter's data.</summary>
    private static string UserData
    {
        get
        {
            if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } set)
            {
                return Path.GetFullPath(set);
            }

            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "jupyter");
            }

            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Jupyter")
                : Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? Path.Combine(Path.GetFullPath(data), "jupyter")
                : Path.Combine(home, ".local", "share", "jupyter");
        }
    }

    private static string Shared(string prefix) => Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");

    private static string Kernel(string data) => Path.Combine(data, "kernels", KernelSpec.Name);
}
