using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// Puts checks of <see cref="CellStop"/> into compiled cells: at the head of every loop, at the beginning of every method and lambda, and
/// at the beginning of every catch block, so that neither <c>while (true)</c>, nor an endless LINQ query, nor a loop that catches
/// everything goes on for ever.
/// </summary>
internal static class StopChecks
{
    /// <summary>Adds the checks to an assembly and moves its debug information along.</summary>
    /// <param name="assembly">The compiled assembly.</param>
    /// <param name="symbols">Its portable PDB.</param>
    /// <returns>Both, with checks.</returns>
    public static (MemoryStream Assembly, MemoryStream Symbols) Add(Stream assembly, Stream symbols)
    {
        using var module = ModuleDefinition.ReadModule(
            assembly,
            new ReaderParameters
            {
                ReadSymbols = true,
                SymbolReaderProvider = new PortablePdbReaderProvider(),
                SymbolStream = symbols,
            }
        );
        var stopping = module.ImportReference(typeof(CellStop).GetField(nameof(CellStop.Stopping)));
        var check = module.ImportReference(typeof(CellStop).GetMethod(nameof(CellStop.Check)));
        var checkAsync = module.ImportReference(typeof(CellStop).GetMethod(nameof(CellStop.CheckAsync)));
        foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && m.Name != "Finalize"))
        {
            var isAsync = method.Name == "MoveNext" && IsAsyncWithTask(method);
            Add(method, stopping, isAsync ? checkAsync : check);
        }

        var (checkedAssembly, checkedSymbols) = (new MemoryStream(), new MemoryStream());
        module.Write(
            checkedAssembly,
            new WriterParameters
            {
                WriteSymbols = true,
                SymbolStream = checkedSymbols,
                SymbolWriterProvider = new PortablePdbWriterProvider(),
            }
        );
        checkedAssembly.Position = 0;
        return (checkedAssembly, new MemoryStream(checkedSymbols.ToArray()));
    }

    private static void Add(MethodDefinition method, FieldReference stopping, MethodReference check)
    {
        var body = method.Body;
        var places = new HashSet<Instruction>();
        foreach (var instruction in body.Instructions)
        {
            foreach (var target in Targets(instruction).Where(t => t.Offset <= instruction.Offset))
            {
                places.Add(target);
            }
        }

        // An async method's own catch block hands the exception to its task: that must not fail. Nor must a type's initialiser end in vain.
        foreach (var handler in body.ExceptionHandlers.Where(h => h.HandlerType == ExceptionHandlerType.Catch && !HandsOver(h)))
        {
            places.Add(handler.HandlerStart);
        }

        if (!method.IsConstructor && !IsStateMachine(method) && !method.IsGetter && !method.IsSetter)
        {
            places.Add(body.Instructions[0]);
        }

        if (places.Count == 0)
        {
            return;
        }

        body.SimplifyMacros();
        var il = body.GetILProcessor();
        foreach (var place in places)
        {
            // The instruction becomes the beginning of 'if (CellStop.Stopping != 0) check' and its copy follows: whatever leads to it leads
            // to the check.
            var copy = il.Create(OpCodes.Nop);
            (copy.OpCode, copy.Operand) = (place.OpCode, place.Operand);
            (place.OpCode, place.Operand) = (OpCodes.Volatile, null);
            var last = place;
            foreach (
                var next in new[]
                {
                    il.Create(OpCodes.Ldsfld, stopping),
                    il.Create(OpCodes.Brfalse, copy),
                    il.Create(OpCodes.Call, check),
                    copy,
                }
            )
            {
                il.InsertAfter(last, next);
                last = next;
            }
        }

        body.OptimizeMacros();
    }

    private static Instruction[] Targets(Instruction instruction) =>
        instruction.Operand switch
        {
            Instruction target => [target],
            Instruction[] targets => targets,
            _ => [],
        };

    private static bool HandsOver(ExceptionHandler handler)
    {
        for (var i = handler.HandlerStart; i is not null && i != handler.HandlerEnd; i = i.Next)
        {
            if (
                i.Operand is MethodReference { Name: "SetException" } called
                && called.DeclaringType.Namespace == "System.Runtime.CompilerServices"
            )
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsStateMachine(MethodDefinition method) =>
        method.Name == "MoveNext" && method.DeclaringType.Interfaces.Any(i => i.InterfaceType.Name == "IAsyncStateMachine");

    /// <summary>An async method that has a task; one that returns nothing has nobody to tell.</summary>
    private static bool IsAsyncWithTask(MethodDefinition method) =>
        IsStateMachine(method) && !method.DeclaringType.Fields.Any(f => f.FieldType.Name == "AsyncVoidMethodBuilder");
}
