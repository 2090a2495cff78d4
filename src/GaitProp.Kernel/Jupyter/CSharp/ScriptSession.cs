using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>The chain of submissions that the cells have become: each sees the variables, types and usings of those before it.</summary>
internal sealed class ScriptSession
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);
    private static int s_sessions;

    private readonly string _name = $"Cells{Interlocked.Increment(ref s_sessions)}";
    private CSharpCompilation? _last;
    private object?[] _states = new object?[16];
    private int _count;
    private int _assemblies;

    /// <summary>Compiles a text as the next submission; the chain is as it was until it is run.</summary>
    /// <param name="code">C#.</param>
    /// <param name="file">Its name in stack traces.</param>
    /// <exception cref="SubmissionException">It does not compile.</exception>
    public Submission Compile(string code, string file)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), Parsing, file);
        var name = $"{_name}-{++_assemblies}";
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: $"Submission#{_assemblies}",
            usings: ScriptUsings.Default,
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Annotations,
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
        var compilation = CSharpCompilation.CreateScriptCompilation(name, tree, ScriptReferences.Default, options, _last);
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!emitted.Success)
        {
            throw new SubmissionException([.. emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)]);
        }

        assembly.Position = symbols.Position = 0;
        var loaded = AssemblyLoadContext.Default.LoadFromStream(assembly, symbols);
        var entry = compilation.GetEntryPoint(CancellationToken.None)!;
        var factory = loaded.GetType(entry.ContainingType.MetadataName)!.GetMethod(entry.MetadataName)!.CreateDelegate<Func<object?[], Task<object>>>();
        return new Submission(compilation, factory, HasResult(compilation, tree));
    }

    /// <summary>Runs a submission and makes it the last of the chain, even if it fails: what it assigned before is kept.</summary>
    /// <param name="submission">What <see cref="Compile"/> made.</param>
    public Task<object> RunAsync(Submission submission)
    {
        if (_count + 2 > _states.Length)
        {
            Array.Resize(ref _states, _states.Length * 2);
        }

        _last = submission.Compilation;
        _count++;
        return submission.Factory(_states);
    }

    /// <summary>Whether a text ends with an expression, without a semicolon, that has a value.</summary>
    private static bool HasResult(CSharpCompilation compilation, SyntaxTree tree) =>
        tree.GetRoot() is CompilationUnitSyntax { Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }] }
        && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).ConvertedType is { SpecialType: not SpecialType.System_Void };
}

/// <summary>A compiled piece of a cell.</summary>
/// <param name="Compilation">What it was compiled to.</param>
/// <param name="Factory">Runs it.</param>
/// <param name="HasResult">Whether it ends with an expression, whose value is to be shown.</param>
internal sealed record Submission(CSharpCompilation Compilation, Func<object?[], Task<object>> Factory, bool HasResult);

/// <summary>A text does not compile.</summary>
/// <param name="errors">Why; at least one.</param>
internal sealed class SubmissionException(IReadOnlyList<Diagnostic> errors) : Exception(errors[0].GetMessage(System.Globalization.CultureInfo.InvariantCulture))
{
    /// <summary>Why it does not.</summary>
    public IReadOnlyList<Diagnostic> Errors { get; } = errors;
}
