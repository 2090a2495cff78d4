using System.Diagnostics;
using System.IO.Compression;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>
/// Both packages and the tool, packed once into a folder that is gone afterwards, outside of the folders of the ordinary build.
/// </summary>
public sealed class PackedPackages : IDisposable
{
    private readonly string _artifacts = Directory.CreateTempSubdirectory("gaitprop-pack-").FullName;

    public PackedPackages()
    {
        Feed = Path.Combine(_artifacts, "package");
        Pack("GaitProp.Core");
        Pack("GaitProp.Kernel");
        Pack("GaitProp.Kernel", "-p:Tool=true");
    }

    /// <summary>The folder with the packages, which is a feed as it stands.</summary>
    public string Feed { get; }

    /// <summary>A version of its own: NuGet keeps what it has once unpacked.</summary>
    public static string Version { get; } = $"0.0.0-trial{DateTime.UtcNow.Ticks}";

    public void Dispose()
    {
        Directory.Delete(_artifacts, recursive: true);
        var cache =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (
            var kept in new[] { "gaitprop.core", "gaitprop.kernel" }.Select(p => Path.Combine(cache, p, Version)).Where(Directory.Exists)
        )
        {
            Directory.Delete(kept, recursive: true);
        }
    }

    public ZipArchive Open(string package) => ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.nupkg"));

    /// <summary>Runs <c>dotnet</c> to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static (int Exit, string Output) Run(string folder, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", words)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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

    private void Pack(string project, params string[] more)
    {
        var (exit, output) = Run(
            Repository.Folder,
            [
                "pack",
                Path.Combine("src", project),
                "-c",
                "Release",
                $"-p:ArtifactsPath={_artifacts}",
                $"-p:Version={Version}",
                "-p:RunAnalyzers=false",
                "-nodeReuse:false",
                .. more,
            ]
        );
        Assert.True(exit == 0, output);
    }
}

/// <summary>Tests of the packages: one after the other, on the same ones.</summary>
[CollectionDefinition(Name)]
public sealed class Packed : ICollectionFixture<PackedPackages>
{
    /// <summary>What a class of such tests names.</summary>
    public const string Name = "packed packages";
}
