using System.Diagnostics;
using System.IO.Compression;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>Both packages and the tool, packed into a folder that is gone afterwards, outside of the folders of the ordinary build.</summary>
public sealed class PackedPackages : IDisposable
{
    private readonly string _artifacts = Directory.CreateTempSubdirectory("gaitprop-pack-").FullName;

    public PackedPackages()
    {
        Feed = Path.Combine(_artifacts, "package");
        Pack(_artifacts, "GaitProp.Core");
        Pack(_artifacts, "GaitProp.Kernel");
        Pack(_artifacts, "GaitProp.Kernel", "-p:Tool=true");
    }

    /// <summary>The folder with the packages, which is a feed as it stands.</summary>
    public string Feed { get; }

    public static string Version => typeof(GaitProp.Layers.Layer).Assembly.GetName().Version!.ToString(3);

    public void Dispose() => Directory.Delete(_artifacts, recursive: true);

    public ZipArchive Open(string package) => ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.nupkg"));

    /// <summary>Runs <c>dotnet</c> to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static (int Exit, string Output) Run(string folder, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the test's own dotnet hands down would redirect the new one's build.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>Packs a project into the folder <c>package</c> of another one.</summary>
    public static void Pack(string artifacts, string project, params string[] more)
    {
        var (exit, output) = Run(
            Repository.Folder, ["pack", Path.Combine("src", project), "-c", "Release", $"-p:ArtifactsPath={artifacts}", "-p:RunAnalyzers=false", "-nodeReuse:false", .. more]);
        Assert.True(exit == 0, output);
    }
}
