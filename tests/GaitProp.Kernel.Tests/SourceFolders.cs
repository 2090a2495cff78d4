using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using MethodDefinition = Mono.Cecil.MethodDefinition;
using ModuleDefinition = Mono.Cecil.ModuleDefinition;
using TypeDefinition = Mono.Cecil.TypeDefinition;
using TypeReference = Mono.Cecil.TypeReference;

namespace GaitProp.Kernel.Tests;

/// <summary>
/// The folder that each type of a module is written in, such as <c>GaitProp.Core/Layers</c>, by the debugging symbols beside it.
/// </summary>
internal sealed class SourceFolders
{
    private const string Above = "/src/";

    /// <summary>A type that has no code, such as an enumeration, says in these where it is written.</summary>
    private static readonly Guid DocumentsOfType = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly Dictionary<string, string> _folders = [];

    public SourceFolders(ModuleDefinition module)
    {
        using var file = File.OpenRead(Path.ChangeExtension(module.FileName, ".pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(file);
        var symbols = provider.GetMetadataReader();
        foreach (var type in module.Types)
        {
            // What a generator has written lies elsewhere.
            var own = type
                .Methods.Select(m => Document(symbols, m))
                .Concat(Documents(symbols, type))
                .Concat(type.NestedTypes.SelectMany(n => n.Methods).Select(m => Document(symbols, m)))
                .Where(d => d.Contains(Above, StringComparison.Ordinal) && !d.Contains("/obj/", StringComparison.Ordinal));
            if (own.FirstOrDefault() is { } document)
            {
                var inside = document[(document.LastIndexOf(Above, StringComparison.Ordinal) + Above.Length)..];
                _folders.Add(type.FullName, inside[..inside.LastIndexOf('/')]);
            }
        }
    }

    /// <summary>The folder of a type, of a nested one that of the type around it; empty if no source file has it.</summary>
    public string Of(TypeReference type) => type.DeclaringType is { } outer ? Of(outer) : _folders.GetValueOrDefault(type.FullName, "");

    private static string Document(MetadataReader symbols, MethodDefinition method)
    {
        var information = symbols.GetMethodDebugInformation(
            MetadataTokens.MethodDebugInformationHandle(method.MetadataToken.ToInt32() & 0xffffff)
        );
        var document = information.Document.IsNil
            ? information.GetSequencePoints().Select(p => p.Document).FirstOrDefault()
            : information.Document;
        return document.IsNil ? "" : Name(symbols, document);
    }

    private static List<string> Documents(MetadataReader symbols, TypeDefinition type)
    {
        var documents = new List<string>();
        foreach (
            var handle in symbols.GetCustomDebugInformation(MetadataTokens.TypeDefinitionHandle(type.MetadataToken.ToInt32() & 0xffffff))
        )
        {
            var information = symbols.GetCustomDebugInformation(handle);
            if (symbols.GetGuid(information.Kind) == DocumentsOfType)
            {
                for (var numbers = symbols.GetBlobReader(information.Value); numbers.RemainingBytes > 0; )
                {
                    documents.Add(Name(symbols, MetadataTokens.DocumentHandle(numbers.ReadCompressedInteger())));
                }
            }
        }

        return documents;
    }

    private static string Name(MetadataReader symbols, DocumentHandle document) =>
        symbols.GetString(symbols.GetDocument(document).Name).Replace('\\', '/');
}
