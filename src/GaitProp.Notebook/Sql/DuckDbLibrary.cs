using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Sql;

/// <summary>
/// DuckDB's native library, of 35 to 110 megabytes: it is never copied beside an assembly. It lies in the folder of the restored packages,
/// or where the host of the library has put it.
/// </summary>
internal static class DuckDbLibrary
{
    private const string Package = "DuckDB.NET.Bindings.Full";

    private static bool s_isKnown;

    /// <summary>Has .NET find it. More than once does no harm.</summary>
    public static void Prepare()
    {
        if (!s_isKnown)
        {
            s_isKnown = true;
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += static (_, name) =>
                name == "duckdb" && Files().FirstOrDefault(File.Exists) is { } file ? NativeLibrary.Load(file) : 0;
        }
    }

    /// <summary>What to say where DuckDB does not load.</summary>
    /// <param name="cause">What went wrong.</param>
    public static CellException Missing(Exception cause) =>
        new(
            cause is FileNotFoundException
                ? $"#!sql needs DuckDB, which is not part of this host: run  #r \"nuget: DuckDB.NET.Data.Full, {Version}\"  in a C# cell, and then this cell again."
                : $"#!sql needs DuckDB, whose library does not load here ({cause.GetBaseException().Message.ReplaceLineEndings(" ").Split(". ")[0].TrimEnd('.')}): fetch it with 'dotnet package download {Package}@{Version}', or set NUGET_PACKAGES to the folder that the packages were restored to.",
            "SqlError"
        );

    private static string Version { get; } =
        typeof(DuckDbLibrary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "DuckDBVersion").Value!;

    private static IEnumerable<string> Files()
    {
        var system =
            OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : "linux";
        var rid = OperatingSystem.IsMacOS()
            ? system
            : $"{system}-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
        var file =
            OperatingSystem.IsWindows() ? "duckdb.dll"
            : OperatingSystem.IsMacOS() ? "libduckdb.dylib"
            : "libduckdb.so";
        string?[] folders =
        [
            AppContext.GetData("GaitProp.NuGetPackages") as string,
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            HomeFolder.Packages,
        ];
        return folders
            .OfType<string>()
            .Where(f => f.Length > 0)
            .Select(f => Path.Combine(f, Package.ToLowerInvariant(), Version, "runtimes", rid, "native", file));
    }
}
