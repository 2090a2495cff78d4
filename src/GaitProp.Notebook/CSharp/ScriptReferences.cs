using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// What every cell may use without asking: .NET and all that the kit stands on. Of .NET the reference assemblies of the SDK's targeting
/// pack are taken if there are any, since their documentation lies beside them.
/// </summary>
internal static class ScriptReferences
{
    private static readonly Lazy<IReadOnlyList<MetadataReference>> All = new(Load);

    /// <summary>The references.</summary>
    public static IReadOnlyList<MetadataReference> Default => All.Value;

    /// <summary>A reference to a file, with the documentation that lies beside it.</summary>
    /// <param name="file">An assembly.</param>
    public static MetadataReference Of(string file)
    {
        var documentation = Path.ChangeExtension(file, ".xml");
        var provider = File.Exists(documentation) ? XmlDocumentationProvider.CreateFromFile(documentation) : null;
        return Path.GetFileName(file) == FormattersOfTheOtherHost
            ? MetadataReference.CreateFromImage(WithoutDisplay(File.ReadAllBytes(file)), documentation: provider, filePath: file)
            : MetadataReference.CreateFromFile(file, documentation: provider);
    }

    /// <summary>
    /// The assembly as cells see it: its own <c>Display</c>, for every object, is not public. It would stand beside ours, and neither would
    /// be chosen.
    /// </summary>
    private static ImmutableArray<byte> WithoutDisplay(byte[] image)
    {
        using var file = new PEReader(ImmutableArray.Create(image));
        var metadata = file.GetMetadataReader();
        foreach (
            var type in metadata.TypeDefinitions.Where(t => metadata.GetString(metadata.GetTypeDefinition(t).Name) == "DisplayExtensions")
        )
        {
            // A row begins with its flags, and those with the visibility: 0 is what others do not see.
            var row =
                file.PEHeaders.MetadataStartOffset
                + metadata.GetTableMetadataOffset(TableIndex.TypeDef)
                + ((MetadataTokens.GetRowNumber(type) - 1) * metadata.GetTableRowSize(TableIndex.TypeDef));
            image[row] &= unchecked((byte)~(int)TypeAttributes.VisibilityMask);
        }

        return ImmutableArray.Create(image);
    }

    /// <summary>The same references once more: the compiler has its own view of them.</summary>
    internal static IReadOnlyList<MetadataReference> Load() => BoundReferences.Bind(Find());

    private const string FormattersOfTheOtherHost = "Microsoft.DotNet.Interactive.Formatting.dll";

    private static List<MetadataReference> Find()
    {
        var files = ((AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string) ?? "").Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries
        );
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var pack = TargetingPack(framework);

        // The compiler of F# is large, and nothing for cells.
        var own = files.Where(f =>
            (pack is null || Path.GetDirectoryName(f) != framework) && Path.GetFileName(f) != "FSharp.Compiler.Service.dll"
        );
        return [.. (pack is null ? [] : Directory.GetFiles(pack, "*.dll")).Concat(own).DistinctBy(Path.GetFileName).Select(Of)];
    }

    /// <summary>The newest targeting pack of the running version of .NET, or <see langword="null"/>.</summary>
    private static string? TargetingPack(string framework)
    {
        var packs = Path.GetFullPath(Path.Combine(framework, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        if (!Directory.Exists(packs))
        {
            return null;
        }

        var version = Environment.Version;
        return Directory
            .GetDirectories(packs, $"{version.Major}.{version.Minor}.*")
            .OrderByDescending(d => Version.TryParse(Path.GetFileName(d), out var v) ? v : new Version())
            .Select(d => Path.Combine(d, "ref", $"net{version.Major}.{version.Minor}"))
            .FirstOrDefault(Directory.Exists);
    }
}
