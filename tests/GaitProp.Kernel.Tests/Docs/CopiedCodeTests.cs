using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Kernel.Tests.Docs;

/// <summary>The C# that a reader copies from a document compiles in a project of its own, which sees what is public and no more.</summary>
public sealed class CopiedCodeTests
{
    /// <summary>What a project has with <c>ImplicitUsings</c>.</summary>
    private const string Implicit = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Read once: what a compilation finds in them, the next one has.</summary>
    private static readonly PortableExecutableReference[] Assemblies =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    [Theory]
    [InlineData("README.md")]
    [InlineData("src/GaitProp.Core/README.md")]
    [InlineData("docs/data.md")]
    public void One_using_of_the_kit_is_enough(string document)
    {
        var blocks = DocumentedCode.Of(document);

        Assert.NotEmpty(blocks);
        Assert.All(
            blocks,
            code =>
                Assert.Equal(
                    ["using GaitProp;"],
                    code.Split('\n')
                        .Where(line =>
                            line.StartsWith("using ", StringComparison.Ordinal) && line.Contains("GaitProp", StringComparison.Ordinal)
                        )
                )
        );
        Assert.All(blocks, code => Assert.Equal("", Errors(code)));
    }

    [Theory]
    [InlineData("using GaitProp; Console.WriteLine(nameof(Network));", "")]
    [InlineData("Console.WriteLine(nameof(Network));", "Network")]
    [InlineData("using GaitProp.Storage; AtomicFile.Write(\"file\", []);", "AtomicFile")]
    public void A_project_of_its_own_sees_what_is_public(string code, string unseen)
    {
        var errors = Errors(code);
        Assert.True(unseen.Length == 0 ? errors.Length == 0 : errors.Contains(unseen, StringComparison.Ordinal), errors);
    }

    public static TheoryData<string> DataScripts =>
        [.. Directory.GetFiles(Path.Combine(Repository.Folder, "data-scripts"), "*.cs").Select(f => Path.GetFileNameWithoutExtension(f))];

    /// <summary>As `dotnet run` compiles it.</summary>
    [Theory]
    [MemberData(nameof(DataScripts))]
    public void A_script_that_fetches_data_compiles(string name) =>
        Assert.Equal("", Errors(File.ReadAllText(Path.Combine(Repository.Folder, "data-scripts", $"{name}.cs")), name));

    [Fact]
    public void A_layer_of_ones_own_with_several_weights_needs_only_what_is_public() =>
        Assert.Equal(
            "",
            Errors("using GaitProp;\nusing static TorchSharp.torch;\nLayerCatalog.Register<TwofoldDefinition>();\n" + OwnLayers())
        );

    /// <summary>The layers of the library's tests that documents name as examples.</summary>
    internal static string OwnLayers()
    {
        const string first = "namespace GaitProp.Tests.Layers;";
        var source = File.ReadAllText(Path.Combine(Repository.Folder, "tests/GaitProp.Core.Tests/Layers/OwnLayers.cs"));
        return source[(source.IndexOf(first, StringComparison.Ordinal) + first.Length)..];
    }

    private static string Errors(string code, string name = "copied")
    {
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable);
        var syntax = CSharpParseOptions.Default.WithFeatures([new("FileBasedProgram", "true")]);
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(Implicit, syntax), CSharpSyntaxTree.ParseText(code, syntax)],
            Assemblies,
            options
        );
        return string.Join('\n', compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }
}
