namespace GaitProp.Storage;

/// <summary>The folder of this user in which the kit keeps what can be made again: patched libraries, downloaded data.</summary>
internal static class UserCache
{
    /// <summary>
    /// The cache folder: <c>$XDG_CACHE_HOME/gaitprop</c> or <c>~/.cache/gaitprop</c> on Linux, <c>~/Library/Caches/gaitprop</c> on macOS,
    /// <c>%LOCALAPPDATA%\gaitprop\cache</c> on Windows. It may not exist yet.
    /// </summary>
    public static string Root
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                    "gaitprop",
                    "cache"
                );
            }

            var home = HomeFolder.Name;
            if (OperatingSystem.IsMacOS())
            {
                return Path.Combine(home, "Library", "Caches", "gaitprop");
            }

            // The XDG base directory specification tells to ignore relative values.
            var xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(Path.IsPathRooted(xdg) ? xdg : Path.Combine(home, ".cache"), "gaitprop");
        }
    }
}
