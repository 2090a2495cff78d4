using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GaitProp.Kernel.Jupyter.Worker;

/// <summary>This very program, to be started once more.</summary>
internal static class OwnProgram
{
    /// <summary>Its assembly, which knows where libtorch is.</summary>
    /// <exception cref="GaitPropException">This is no program: the assembly is used by another one.</exception>
    public static string AssemblyPath
    {
        get
        {
            var file = typeof(OwnProgram).Assembly.Location;
            return File.Exists(Path.ChangeExtension(file, ".runtimeconfig.json"))
                ? file
                : throw new GaitPropException("that needs gaitprop as a program of its own, and here it is a package in another one: run it in a terminal ('dotnet tool install gaitprop', or a clone); 'compare' works here too, without --jobs.");
        }
    }

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
