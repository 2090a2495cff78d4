using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GaitProp.Kernel.Jupyter.Worker;

/// <summary>This very program, to be started once more.</summary>
internal static class OwnProgram
{
    /// <summary>Its assembly, which knows where libtorch is.</summary>
    public static string AssemblyPath => typeof(OwnProgram).Assembly.Location;

    /// <summary>The <c>dotnet</c> that runs this process, with its folder.</summary>
    public static string Host
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            if (Environment.ProcessPath is { } path && Path.GetFileName(path) == name)
            {
                return path;
            }

            // <root>/shared/Microsoft.NETCore.App/<version>/
            var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            return File.Exists(Path.Combine(root, name)) ? Path.Combine(root, name) : name;
        }
    }

    /// <summary>A start of it with other words.</summary>
    /// <param name="words">The words.</param>
    public static ProcessStartInfo Start(params IEnumerable<string> words) => new(Host, [AssemblyPath, .. words]) { UseShellExecute = false };
}
