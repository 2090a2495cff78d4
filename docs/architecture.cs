#!/usr/bin/env -S dotnet run
#:property TargetFramework=net10.0
#:property PublishAot=false
#:package Mono.Cecil

// Draws the picture of docs/architecture.md from the compiled programs: the folders of each project, and which of them know which.
//
//     dotnet build -c Release && dotnet run docs/architecture.cs               writes it into the document
//     dotnet build -c Release && dotnet run docs/architecture.cs -- --check    exit code 1 if the document has another, 2 without a build
//
// The debugging symbols say which types a folder of source files has. An arrow that follows from two others is left out.

using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;

const string Begin = "<!-- folders -->",
    End = "<!-- /folders -->";
if (args is not ([] or ["--check"]))
{
    Console.Error.WriteLine("usage: dotnet run docs/architecture.cs, or dotnet run docs/architecture.cs -- --check");
    return 2;
}

var repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!, ".."));
var document = Path.Combine(repository, "docs", "architecture.md");
(string Project, string Assembly)[] projects = [("Kernel", "gaitprop"), ("Notebook", "GaitProp.Notebook"), ("Core", "GaitProp.Core")];

var picture = new StringBuilder("\n");
foreach (var (project, assembly) in projects)
{
    var file = Path.Combine(repository, "artifacts", "bin", "GaitProp.Kernel", "release", assembly + ".dll");
    if (!File.Exists(file))
    {
        Console.Error.WriteLine($"there is no {file}: run 'dotnet build -c Release' first.");
        return 2;
    }

    var known = Known(project, file);
    picture.Append($"**GaitProp.{project}**\n\n```mermaid\nflowchart TD\n");
    foreach (var folder in known.Keys.Order(StringComparer.Ordinal))
    {
        var direct = known[folder]
            .Where(other => !known[folder].Any(between => between != other && Reaches(known, between, other, [folder])))
            .ToArray();
        picture.Append(
            direct.Length == 0 && !known.Values.Any(k => k.Contains(folder))
                ? $"  {folder}\n"
                : string.Concat(direct.Select(other => $"  {folder} --> {other}\n"))
        );
    }

    picture.Append("```\n\n");
}

var text = File.ReadAllText(document);
var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
var made = string.Concat(text.AsSpan(0, from), picture.ToString(), text.AsSpan(to));
if (made == text)
{
    Console.WriteLine("docs/architecture.md has the picture of the code.");
    return 0;
}

if (args is ["--check"])
{
    Console.Error.WriteLine("docs/architecture.md has another picture than the code: run 'dotnet run docs/architecture.cs'.");
    return 1;
}

File.WriteAllText(document, made);
Console.WriteLine("docs/architecture.md: the picture is drawn anew.");
return 0;

// The folders of a project, each with those that it names.
static Dictionary<string, string[]> Known(string project, string file)
{
    using var module = ModuleDefinition.ReadModule(file, new ReaderParameters { ReadSymbols = true });
    var above = $"/src/GaitProp.{project}/";
    var types = module
        .Types.Select(t => (Type: t, Folder: Folder(t, above)))
        .Where(t => t.Folder.Length > 0)
        .ToDictionary(t => t.Type.FullName, t => t.Folder);
    var known = types.Values.Distinct().ToDictionary(r => r, _ => new SortedSet<string>(StringComparer.Ordinal));
    foreach (var type in module.GetTypes().Where(t => types.ContainsKey(Outer(t))))
    {
        var from = types[Outer(type)];
        known[from]
            .UnionWith(
                Named(type)
                    .OfType<TypeReference>()
                    .SelectMany(Whole)
                    .Select(Outer)
                    .Where(types.ContainsKey)
                    .Select(name => types[name])
                    .Where(to => to != from)
            );
    }

    return known.ToDictionary(k => k.Key, k => k.Value.ToArray());
}

// The folder that a type is written in, by the first of its methods that was written by hand.
static string Folder(TypeDefinition type, string above)
{
    var documents = type
        .NestedTypes.Prepend(type)
        .SelectMany(t => t.Methods)
        .Where(m => m.DebugInformation.HasSequencePoints)
        .SelectMany(m => m.DebugInformation.SequencePoints)
        .Select(p => p.Document.Url.Replace('\\', '/'));
    return
        documents.FirstOrDefault(d => d.Contains(above)) is { } document
        && document[(document.LastIndexOf(above) + above.Length)..].Split('/') is [var folder, _, ..]
        ? folder
        : "";
}

static string Outer(TypeReference type) => type.DeclaringType is { } around ? Outer(around) : type.GetElementType().FullName;

// What the signatures and the code of a type name.
static IEnumerable<TypeReference?> Named(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. type.Fields.Select(f => f.FieldType),
        .. type.CustomAttributes.Select(a => a.AttributeType),
        .. type.Methods.SelectMany(m => m.Parameters.Select(p => p.ParameterType).Append(m.ReturnType)),
        .. type
            .Methods.Where(m => m.HasBody)
            .SelectMany(m => m.Body.Variables.Select(v => v.VariableType).Concat(m.Body.Instructions.SelectMany(InCode))),
    ];

static IEnumerable<TypeReference> InCode(Instruction instruction) =>
    instruction.Operand switch
    {
        TypeReference type => [type],
        MethodReference method =>
        [
            method.DeclaringType,
            method.ReturnType,
            .. method.Parameters.Select(p => p.ParameterType),
            .. method is GenericInstanceMethod g ? g.GenericArguments : [],
        ],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

static IEnumerable<TypeReference> Whole(TypeReference type) =>
    type is IGenericInstance generic ? generic.GenericArguments.SelectMany(Whole).Append(type) : [type];

// Whether one folder leads to another, without going through some.
static bool Reaches(Dictionary<string, string[]> known, string from, string to, HashSet<string> seen) =>
    seen.Add(from) && (known[from].Contains(to) || known[from].Any(next => Reaches(known, next, to, seen)));
