using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace GaitProp.Kernel.Tests.Packages;

[Collection(Packed.Name)]
[Trait("Size", "Exhaustive")]
public sealed class PackageTests(PackedPackages packed)
{
    [Theory]
    [InlineData("GaitProp.Core", "GaitProp.Core")]
    [InlineData("GaitProp.Kernel", "gaitprop")]
    public void A_package_has_its_assembly_documentation_readme_licence_icon_and_symbols(string package, string assembly)
    {
        using var zip = packed.Open(package);
        var files = Files(zip);
        Assert.Superset(
            new HashSet<string>
            {
                $"lib/net10.0/{assembly}.dll",
                $"lib/net10.0/{assembly}.xml",
                "README.md",
                "LICENSE",
                "THIRD-PARTY-NOTICES.md",
                "icon.png",
                $"{package}.nuspec",
            },
            files.ToHashSet()
        );
        Assert.DoesNotContain(files, f => f.EndsWith(".json", StringComparison.Ordinal) && f != "runtime.json");

        var metadata = Metadata(zip, package);
        Assert.Equal(package, metadata["id"]);
        Assert.Equal(PackedPackages.Version, metadata["version"]);
        Assert.Equal("MIT", metadata["license"]);
        Assert.Equal(("README.md", "icon.png"), (metadata["readme"], metadata["icon"]));

        using var symbols = ZipFile.OpenRead(Path.Combine(packed.Feed, $"{package}.{PackedPackages.Version}.snupkg"));
        Assert.Contains($"lib/net10.0/{assembly}.pdb", Files(symbols));
    }

    [Theory]
    [InlineData("GaitProp.Core", "lib/net10.0/GaitProp.Core.dll")]
    [InlineData("GaitProp.Kernel", "lib/net10.0/gaitprop.dll")]
    public void An_assembly_is_deterministic_and_names_no_folder_of_the_machine_that_built_it(string package, string file)
    {
        using var zip = packed.Open(package);
        using var content = new MemoryStream();
        using (var entry = zip.GetEntry(file)!.Open())
        {
            entry.CopyTo(content);
        }

        content.Position = 0;
        using var image = new PEReader(content);
        var entries = image.ReadDebugDirectory();
        Assert.Contains(entries, e => e.Type == DebugDirectoryEntryType.Reproducible);
        var path = image.ReadCodeViewDebugDirectoryData(entries.First(e => e.Type == DebugDirectoryEntryType.CodeView)).Path;
        Assert.DoesNotContain(Repository.Folder, path, StringComparison.Ordinal);
        Assert.Equal(-1, content.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Repository.Folder + "/src")));
    }

    [Fact]
    public void The_kernel_package_has_the_extension_and_brings_a_host_no_compiler_no_network_library_and_no_host()
    {
        using var zip = packed.Open("GaitProp.Kernel");
        Assert.Equal(
            ["interactive-extensions/dotnet/extension.dib"],
            Files(zip).Where(f => f.StartsWith("interactive-extensions", StringComparison.Ordinal))
        );

        var dependencies = Dependencies(zip, "GaitProp.Kernel");
        Assert.Equal(PackedPackages.Version, dependencies["GaitProp.Core"]);
        Assert.DoesNotContain(
            dependencies.Keys,
            d =>
                d is "Mono.Cecil" or "NetMQ" or "Markdig"
                || d.StartsWith("Microsoft.DotNet.Interactive", StringComparison.Ordinal)
                || d.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_host_has_all_that_the_magic_is_compiled_against_in_a_version_that_is_old_enough()
    {
        // .NET Interactive's last version carries System.CommandLine 2.0.0, and its own wins.
        var asked = typeof(GaitPropExtension).Assembly.GetReferencedAssemblies().Single(a => a.Name == "System.CommandLine");
        Assert.Equal(new Version(2, 0, 0, 0), asked.Version);
    }

    [Fact]
    public void The_core_package_brings_the_libtorch_and_the_libvips_of_the_system_it_is_restored_for()
    {
        using var zip = packed.Open("GaitProp.Core");
        Assert.DoesNotContain(Dependencies(zip, "GaitProp.Core").Keys, d => d.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));

        using var stream = zip.GetEntry("runtime.json")!.Open();
        var runtimes = JsonNode.Parse(stream)!["runtimes"]!.AsObject();
        Assert.Equal(["linux-x64", "osx-arm64", "win-x64"], runtimes.Select(r => r.Key).Order());
        Assert.All(runtimes, r => Assert.Equal(LibTorchVersion, (string?)r.Value!["GaitProp.Core"]![$"libtorch-cpu-{r.Key}"]));
        var pinned = XDocument
            .Load(Path.Combine(Repository.Folder, "Directory.Packages.props"))
            .Descendants("LibVipsVersion")
            .Single()
            .Value;
        Assert.All(runtimes, r => Assert.Equal(pinned, (string?)r.Value!["GaitProp.Core"]![$"NetVips.Native.{r.Key}"]));
    }

    [Fact]
    public void The_tool_carries_no_libtorch_and_names_no_folder_of_packages()
    {
        using var zip = packed.Open("gaitprop");
        var files = Files(zip);
        Assert.Contains("tools/net10.0/any/DotnetToolSettings.xml", files);
        Assert.Contains("tools/net10.0/any/runtimes/linux-x64/native/libSkiaSharp.so", files);
        Assert.All(
            ["linux-x64", "osx-arm64", "win-x64"],
            system =>
                Assert.Contains(
                    files,
                    f =>
                        f.StartsWith($"tools/net10.0/any/runtimes/{system}/native/", StringComparison.Ordinal)
                        && f.Contains("vips", StringComparison.Ordinal)
                )
        );
        Assert.DoesNotContain(
            files,
            f =>
                Path.GetFileName(f).Contains("torch_cpu", StringComparison.OrdinalIgnoreCase)
                || Path.GetFileName(f).StartsWith("libLibTorchSharp", StringComparison.Ordinal)
        );
        Assert.InRange(new FileInfo(Path.Combine(packed.Feed, $"gaitprop.{PackedPackages.Version}.nupkg")).Length, 1_000_000, 95_000_000);
        using var reader = new StreamReader(zip.GetEntry("tools/net10.0/any/gaitprop.runtimeconfig.json")!.Open());
        Assert.DoesNotContain("GaitProp.NuGetPackages", reader.ReadToEnd(), StringComparison.Ordinal);
    }

    private static string LibTorchVersion =>
        typeof(LibTorch)
            .Assembly.GetCustomAttributes(inherit: false)
            .OfType<System.Reflection.AssemblyMetadataAttribute>()
            .Single(a => a.Key == "LibTorchVersion")
            .Value!;

    private static string[] Files(ZipArchive zip) => [.. zip.Entries.Select(e => e.FullName)];

    private static Dictionary<string, string> Metadata(ZipArchive zip, string package) =>
        Nuspec(zip, package).Elements().GroupBy(e => e.Name.LocalName).ToDictionary(g => g.Key, g => g.First().Value);

    private static Dictionary<string, string> Dependencies(ZipArchive zip, string package) =>
        Nuspec(zip, package)
            .Descendants()
            .Where(e => e.Name.LocalName == "dependency")
            .ToDictionary(e => e.Attribute("id")!.Value, e => e.Attribute("version")!.Value);

    private static XElement Nuspec(ZipArchive zip, string package)
    {
        using var stream = zip.GetEntry($"{package}.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }
}
