using System.Globalization;
using System.IO.Compression;
using System.Text;
using GaitProp.Notebook.CSharp;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.Tests.CSharp;

/// <summary>A folder with a package in it, and an assembly in its folder <c>lib</c>.</summary>
public sealed class PackedFeed : IDisposable
{
    /// <summary>A name of its own for each run, since NuGet keeps what it has seen.</summary>
    public static string Package { get; } = "GaitPropTest" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8];

    /// <summary>The assembly that is in no package.</summary>
    public static string Library { get; } = Package + "Lib";

    public PackedFeed()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "lib"));
        File.WriteAllBytes(Path.Combine(Folder, "lib", $"{Library}.dll"), Compile(Library).Assembly);
        var (assembly, documentation) = Compile(Package);
        using var zip = ZipFile.Open(Path.Combine(Folder, $"{Package}.1.0.0.nupkg"), ZipArchiveMode.Create);
        Add(
            zip,
            $"{Package}.nuspec",
            Encoding.UTF8.GetBytes(
                $"<package><metadata><id>{Package}</id><version>1.0.0</version><authors>test</authors><description>test</description></metadata></package>"
            )
        );
        Add(zip, $"lib/net8.0/{Package}.dll", assembly);
        Add(zip, $"lib/net8.0/{Package}.xml", documentation);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("gaitprop-feed-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        var restored = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ".nuget",
            "packages",
            Package.ToLowerInvariant()
        );
        if (Directory.Exists(restored))
        {
            Directory.Delete(restored, recursive: true);
        }
    }

    private static (byte[] Assembly, byte[] Documentation) Compile(string name)
    {
        var code =
            $"namespace {name};\n/// <summary>Greets.</summary>\npublic static class Greeter {{ /// <summary>Says hello.</summary>\n public static string Hello() => \"Hello from 1.0.0\"; }}";
        var compilation = CSharpCompilation.Create(
            name,
            [
                CSharpSyntaxTree.ParseText(
                    code,
                    new CSharpParseOptions(documentationMode: DocumentationMode.Parse),
                    cancellationToken: default
                ),
            ],
            ScriptReferences.Default,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using var assembly = new MemoryStream();
        using var documentation = new MemoryStream();
        Assert.True(compilation.Emit(assembly, xmlDocumentationStream: documentation).Success);
        return (assembly.ToArray(), documentation.ToArray());
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(content);
    }
}
