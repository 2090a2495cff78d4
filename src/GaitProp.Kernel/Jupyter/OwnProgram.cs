using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using GaitProp.Notebook.Server;

namespace GaitProp.Kernel.Jupyter;

/// <summary>This very program, to be started once more.</summary>
internal static class OwnProgram
{
    /// <summary>
    /// The word after <c>gaitprop jupyter</c> that starts a process for cells; its pipes and the word of its marks follow.
    /// </summary>
    public const string WorkerVerb = "worker";

    /// <summary>The word after those that has the process make completion ready, which takes seconds of a processor.</summary>
    public const string ForAnEditor = "--editor";

    /// <summary>Its version, with the commit.</summary>
    public static string Version =>
        typeof(OwnProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Its version as packages have it: without the commit.</summary>
    public static string PackageVersion => Version.Split('+')[0];

    /// <summary>What its kernel says of itself.</summary>
    public static KernelInfo Info { get; } =
        new(
            "gaitprop",
            PackageVersion,
            $"GaitProp {PackageVersion}: C# notebooks, and #!gaitprop for normalised GAIT-prop. #!lsmagic lists what there is.",
            [
                ("GAIT-prop (the paper)", "https://arxiv.org/abs/2006.06438"),
                ("C#", "https://learn.microsoft.com/dotnet/csharp/"),
                ("TorchSharp", "https://github.com/dotnet/TorchSharp"),
            ]
        );

    /// <summary>Its assembly, which knows where libtorch is.</summary>
    /// <exception cref="GaitPropException">This is no program: the assembly is used by another one.</exception>
    public static string AssemblyPath
    {
        get
        {
            var file = typeof(OwnProgram).Assembly.Location;
            return File.Exists(Path.ChangeExtension(file, ".runtimeconfig.json"))
                ? file
                : throw new GaitPropException(
                    "that needs gaitprop as a program of its own, and here it is a package in another one: run it in a terminal ('dotnet tool install gaitprop', or a clone); 'compare' works here too, without --jobs."
                );
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

    /// <summary>A start of a process for cells.</summary>
    /// <param name="input">The pipe from the server.</param>
    /// <param name="output">The pipe to the server.</param>
    /// <param name="word">The word of the marks.</param>
    public static ProcessStartInfo StartWorker(string input, string output, string word) =>
        Start("jupyter", WorkerVerb, input, output, word);

    /// <summary>The same for a front end in which somebody types.</summary>
    /// <param name="input">The pipe from the server.</param>
    /// <param name="output">The pipe to the server.</param>
    /// <param name="word">The word of the marks.</param>
    public static ProcessStartInfo StartEditorsWorker(string input, string output, string word) =>
        Start("jupyter", WorkerVerb, input, output, word, ForAnEditor);

    /// <summary>A start of it with other words.</summary>
    /// <param name="words">The words.</param>
    public static ProcessStartInfo Start(params IEnumerable<string> words) =>
        Command(words) is [var program, .. var rest]
            ? new(program, rest) { UseShellExecute = false }
            : throw new InvalidOperationException();

    /// <summary>The words that start it, its own program first.</summary>
    /// <param name="words">Its words.</param>
    public static string[] Command(params IEnumerable<string> words) =>
        IsSelfContained
            ? [Path.ChangeExtension(AssemblyPath, OperatingSystem.IsWindows() ? "exe" : null), .. words]
            : [Host, AssemblyPath, .. words];

    /// <summary>Whether it brings the runtime of .NET along, so that there may be no <c>dotnet</c>.</summary>
    private static bool IsSelfContained =>
        string.Equals(
            Path.GetFullPath(RuntimeEnvironment.GetRuntimeDirectory()).TrimEnd(Path.DirectorySeparatorChar),
            Path.GetFullPath(AppContext.BaseDirectory).TrimEnd(Path.DirectorySeparatorChar),
            StringComparison.Ordinal
        );
}
