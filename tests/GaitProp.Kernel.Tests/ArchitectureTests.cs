using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace GaitProp.Kernel.Tests;

/// <summary>Which folders of source files there are, and which of them use which: a room is a folder, a door a use.</summary>
public sealed class ArchitectureTests
{
    private const string Core = "GaitProp.Core";
    private const string Host = "GaitProp.Notebook";
    private const string Program = "gaitprop";

    [Fact]
    public void The_notebook_host_knows_nothing_of_learning_rules_and_they_nothing_of_it()
    {
        Assert.Equal([], Used(Host).Intersect([Core, Program, "TorchSharp", "Plotly.NET", "Spectre.Console", "System.CommandLine"]));
        Assert.Equal(
            [],
            Used(Core)
                .Where(a =>
                    a is Host or Program or "NetMQ" or "Mono.Cecil"
                    || a.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
                    || a.StartsWith("Microsoft.DotNet.Interactive", StringComparison.Ordinal)
                )
        );
        Assert.Superset(new HashSet<string> { Core, Host }, Used(Program).ToHashSet());
    }

    [Theory]
    [InlineData(Core)]
    [InlineData(Host)]
    [InlineData(Program)]
    public void Folders_have_no_circles(string assembly)
    {
        using var module = Read(assembly);
        var doors = Doors(module, new SourceFolders(module).Of);

        // Whatever can be left by no door, or only by doors to what has gone, goes: what stays leads round in a circle.
        var left = doors.Keys.ToHashSet();
        while (left.FirstOrDefault(room => !doors[room].Keys.Any(left.Contains)) is { } last)
        {
            left.Remove(last);
        }

        while (left.FirstOrDefault(room => !left.Any(other => doors[other].ContainsKey(room))) is { } first)
        {
            left.Remove(first);
        }

        var circles = new StringBuilder();
        foreach (var room in left.Order(StringComparer.Ordinal))
        {
            foreach (var (other, why) in doors[room].Where(d => left.Contains(d.Key)))
            {
                circles.Append($"{room} -> {other}: {why}\n");
            }
        }

        Assert.Equal("", circles.ToString());
    }

    [Fact]
    public void A_circle_is_seen()
    {
        // Spectre.Console's consoles and what they render know each other. Its folders are not known here, its namespaces are.
        using var module = Read("Spectre.Console");
        var doors = Doors(module, type => Outermost(type).Namespace);
        Assert.Contains(doors, d => d.Value.Keys.Any(other => doors[other].ContainsKey(d.Key)));
    }

    [Theory]
    [InlineData(Core, "GaitProp.Core")]
    [InlineData(Host, "GaitProp.Notebook")]
    [InlineData(Program, "GaitProp.Kernel")]
    public void No_folder_is_overlooked(string assembly, string project)
    {
        using var module = Read(assembly);
        var seen = Doors(module, new SourceFolders(module).Of).Keys.ToHashSet();
        var source = Path.Combine(Repository.Folder, "src");
        var there = Directory
            .EnumerateFiles(Path.Combine(source, project), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(source, Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Where(folder => !folder.Contains("/obj", StringComparison.Ordinal))
            .Distinct();
        Assert.Equal([], there.Except(seen));
    }

    /// <summary>
    /// What a training step computes with may read a number of a tensor through HostRead alone, which counts, and only where it is written
    /// down here: what is no part of a step, and what a step does on a CPU, where a read is no wait. Whatever else brings numbers to the
    /// host, or checks them there, is left alone altogether.
    /// </summary>
    [Fact]
    public void What_a_step_computes_with_reads_numbers_in_one_place()
    {
        using var module = Read(Core);
        var reads = new SortedSet<string>(StringComparer.Ordinal);
        var folders = new SourceFolders(module);
        foreach (
            var type in module
                .GetTypes()
                .Where(t => folders.Of(t).Split('/') is [_, "Losses" or "Layers" or "Orthogonality" or "Optimization" or "Rules", ..])
        )
        {
            foreach (var method in type.Methods.Where(m => m.HasBody))
            {
                foreach (var called in method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>().Where(IsRead))
                {
                    reads.Add($"{Outermost(type).Name}.{Written(type, method)}: {called.DeclaringType.Name}.{called.Name}");
                }
            }
        }

        string[] allowed =
        [
            // No part of a step.
            "Layer.ConditionNumber: HostRead.Number",
            "Layer.ConditionNumber: linalg.svdvals",
            "OrthogonalityDefect.RootMeanSquare: HostRead.Number",
            "TriedProducts.IsRight: HostRead.Number", // on a CPU, once for a shape
            // On a CPU: what is singular, zero or not finite is refused there.
            "AffineLayer.CheckGain: HostRead.Whole",
            "FoldedInverse.InverseFrom: torch.cholesky_inverse",
            "InverseStrategy.Apply: HostRead.Number",
            "InverseStrategy.Apply: HostRead.Whole",
            "InverseStrategy.Apply: linalg.solve",
            "InverseStrategy.Inverse: linalg.inv",
            "InverseStrategy.Solution: linalg.solve",
            "Layer.CheckWeight: HostRead.IsTrue",
            "Layer.CheckWeight: HostRead.Number",
            "SubspaceRetraction.Apply_: HostRead.Number",
            "SubspaceRetraction.Factor: HostRead.Whole",
            // within(…) decides by its residual: who chooses it chooses to wait.
            "InverseStrategy.Corrected: HostRead.Number",
        ];
        Assert.Equal(string.Join('\n', allowed.Order(StringComparer.Ordinal)), string.Join('\n', reads));
    }

    /// <summary>
    /// A temporary name, a flush and a rename stand in one place. Whoever else renames a file sets aside a damaged one, or puts an earlier
    /// one back.
    /// </summary>
    [Fact]
    public void Files_take_their_names_in_one_place()
    {
        var renames = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var assembly in (string[])[Core, Host, Program])
        {
            using var module = Read(assembly);
            foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
            {
                if (
                    method.Body.Instructions.Any(i =>
                        i.Operand is MethodReference { DeclaringType.FullName: "System.IO.File", Name: "Move" or "Replace" }
                    )
                )
                {
                    renames.Add($"{Outermost(method.DeclaringType).Name}.{Written(method.DeclaringType, method)}");
                }
            }
        }

        Assert.Equal(["AtomicFile.Commit", "CheckpointFolder.SetAside", "FileSet.PutBack"], renames);
    }

    private static readonly string[] Reading =
    [
        "item",
        "ToScalar",
        "ToDouble",
        "ToSingle",
        "ToInt32",
        "ToInt64",
        "ToBoolean",
        "ToString",
        "str",
        "cstr",
        "data",
        "get_bytes",
        "set_bytes",
        "ReadCpuValue",
        "ReadCpuByte",
        "tolist",
        "cpu",
        "nonzero",
        "masked_select",
        "unique",
        "bincount",
        "equal",
        "allclose",
        "is_nonzero",
        "op_True",
        "op_False",
        "inv",
        "solve",
        "cholesky",
        "cholesky_inverse",
        "inverse",
        "pinv",
        "lu_factor",
        "eigh",
        "eigvalsh",
        "svdvals",
        "Number",
        "Whole",
        "IsTrue",
    ];

    private static bool IsRead(MethodReference called) =>
        Reading.Contains(called.Name)
        && (
            called.DeclaringType.Name is "HostRead"
            || (
                called.DeclaringType.Scope?.Name is "TorchSharp"
                && called.DeclaringType.Name is "Tensor" or "TensorExtensionMethods" or "linalg" or "torch" or "Scalar"
            )
        );

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The name of the method as it is written: a lambda or local function is called after the one around it.</summary>
    private static string Written(TypeDefinition type, MethodDefinition method) =>
        method.Name.StartsWith('<') ? method.Name[1..method.Name.IndexOf('>')] : method.Name;

    private static IEnumerable<string> Used(string assembly)
    {
        using var module = Read(assembly);
        return [.. module.AssemblyReferences.Select(r => r.Name)];
    }

    private static ModuleDefinition Read(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

    /// <summary>For each room those that it uses, each with a place where it does.</summary>
    private static Dictionary<string, Dictionary<string, string>> Doors(ModuleDefinition module, Func<TypeReference, string> room)
    {
        var doors = new Dictionary<string, Dictionary<string, string>>();
        foreach (var type in module.GetTypes().Where(t => room(t).Length > 0))
        {
            var from = room(type);
            doors.TryAdd(from, []);
            foreach (var (used, where) in Uses(type))
            {
                if (used.Scope == module && room(used) is { Length: > 0 } to && to != from)
                {
                    doors.TryAdd(to, []);
                    doors[from].TryAdd(to, $"{where} uses {used.FullName}");
                }
            }
        }

        return doors;
    }

    private static IEnumerable<(TypeReference Type, string Where)> Uses(TypeDefinition type)
    {
        IEnumerable<TypeReference?> head =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.CustomAttributes.Select(a => a.AttributeType),
        ];
        foreach (var used in head.SelectMany(Parts))
        {
            yield return (used, type.FullName);
        }

        foreach (var method in type.Methods)
        {
            IEnumerable<TypeReference?> signature = [method.ReturnType, .. method.Parameters.Select(p => p.ParameterType)];
            var body = method.HasBody
                ? method.Body.Variables.Select(v => (TypeReference?)v.VariableType).Concat(method.Body.Instructions.SelectMany(Named))
                : [];
            foreach (var used in signature.Concat(body).SelectMany(Parts))
            {
                yield return (used, $"{type.FullName}.{method.Name}");
            }
        }
    }

    private static IEnumerable<TypeReference?> Named(Instruction instruction) =>
        instruction.Operand switch
        {
            TypeReference type => [type],
            GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
            MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(p => p.ParameterType)],
            FieldReference field => [field.DeclaringType, field.FieldType],
            _ => [],
        };

    /// <summary>The types that a type is made of: of an array its element, of a generic one its arguments too.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) =>
        type switch
        {
            null or GenericParameter => [],
            GenericInstanceType generic => Parts(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Parts)),
            TypeSpecification made => Parts(made.ElementType),
            _ => [type],
        };
}
