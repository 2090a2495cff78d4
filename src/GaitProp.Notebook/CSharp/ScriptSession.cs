using System.Globalization;
using System.Runtime.Loader;
using System.Text;
using GaitProp.Notebook.Cells;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace GaitProp.Notebook.CSharp;

/// <summary>The chain of submissions that the cells have become: each sees the variables, types and usings of those before it.</summary>
/// <param name="kit">What the program brings along.</param>
/// <param name="references">What the first submission may use.</param>
internal sealed class ScriptSession(Kit kit, IReadOnlyList<MetadataReference> references)
{
    /// <summary>How cells are read.</summary>
    public static CSharpParseOptions Parsing { get; } = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    private static int s_sessions;

    private readonly string _name = $"Cells{Interlocked.Increment(ref s_sessions)}";
    private readonly Lock _gate = new();
    private readonly List<Submission> _submissions = [];
    private readonly RedeclaredVariables _redeclared = new(kit);
    private IReadOnlyList<MetadataReference> _references = references;
    private IReadOnlyList<MetadataReference> _added = references;
    private object?[] _states = new object?[16];
    private int _compiled;

    /// <summary>A chain without submissions whose first one may use what every cell may.</summary>
    /// <param name="kit">What the program brings along.</param>
    public ScriptSession(Kit kit)
        : this(kit, ScriptReferences.Default) { }

    /// <summary>What the program brings along.</summary>
    public Kit Kit => kit;

    /// <summary>
    /// The submissions that have run or are running, and what the next one may use beyond what they do: it inherits theirs. Given all of
    /// them again, each submission would cost memory for every one before it, and a long notebook hundreds of megabytes. Both at one
    /// moment: a first cell that begins to run takes the references along.
    /// </summary>
    public (IReadOnlyList<Submission> Submissions, IReadOnlyList<MetadataReference> Added) Chain
    {
        get
        {
            lock (_gate)
            {
                return ([.. _submissions], _added);
            }
        }
    }

    /// <summary>The objects whose fields are the variables of the submissions; <see langword="null"/> for one that has not begun.</summary>
    public IReadOnlyList<object?> States
    {
        get
        {
            lock (_gate)
            {
                return _states[1..(_submissions.Count + 1)];
            }
        }
    }

    /// <summary>The files of the assemblies that the next submission may use.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            lock (_gate)
            {
                return [.. _references.Select(r => r.Display).OfType<string>().Where(File.Exists)];
            }
        }
    }

    /// <summary>How a submission is compiled.</summary>
    /// <param name="className">The name of its class.</param>
    /// <param name="usings">The namespaces of the first submission: the others have them from it. Given to each, they would add up, cell by
    /// cell.</param>
    public static CSharpCompilationOptions Options(string className, IEnumerable<string> usings) =>
        new(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: className,
            usings: usings,
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Annotations,
            sourceReferenceResolver: new LoadedSources(Environment.CurrentDirectory),
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default
        );

    /// <summary>Lets the submissions to come use more assemblies; one that has the file name of an earlier one takes its place.</summary>
    /// <param name="references">The assemblies.</param>
    public void Add(IEnumerable<MetadataReference> references)
    {
        var added = references.ToArray();
        var names = added.Select(r => Path.GetFileName(r.Display)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        lock (_gate)
        {
            _references = BoundReferences.Bind(With(_references));
            _added = With(_added);
        }

        MetadataReference[] With(IReadOnlyList<MetadataReference> earlier) =>
            [.. earlier.Where(r => !names.Contains(Path.GetFileName(r.Display))), .. added];
    }

    /// <summary>Compiles a text as the next submission; the chain stays as it is until it is run.</summary>
    /// <param name="code">C#.</param>
    /// <param name="file">Its name in stack traces.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SubmissionException">It does not compile.</exception>
    public Submission Compile(string code, string file, CancellationToken cancellation)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), Parsing, file, cancellation);
        var number = Interlocked.Increment(ref _compiled).ToString(CultureInfo.InvariantCulture);
        var (before, added) = Chain;
        var last = before is [.., var newest] ? newest.Compilation : null;
        var compilation = CSharpCompilation.CreateScriptCompilation(
            $"{_name}-{number}",
            tree,
            added,
            Options($"Submission#{number}", last is null ? ScriptUsings.Of(kit) : []),
            last
        );
        var (assembly, symbols) = (new MemoryStream(), new MemoryStream());
        var emitted = compilation.Emit(
            assembly,
            symbols,
            options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb),
            cancellationToken: cancellation
        );
        if (!emitted.Success && emitted.Diagnostics.All(d => d.Severity != DiagnosticSeverity.Error))
        {
            // Nothing but using directives and comments: there is nothing to run, and the compiler gives it no place among the states.
            return new Submission(compilation, code, _ => Task.FromResult<object?>(null), HasResult: false);
        }

        if (!emitted.Success)
        {
            throw new SubmissionException([
                .. emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start),
            ]);
        }

        assembly.Position = symbols.Position = 0;
        if (compilation.SyntaxTrees.Any(t => NeedsChecks(t.GetRoot(cancellation))))
        {
            (assembly, symbols) = StopChecks.Add(assembly, symbols);
        }

        LibraryOnUse.Before(assembly, kit);
        var loaded = AssemblyLoadContext.Default.LoadFromStream(assembly, symbols);
        var entry = compilation.GetEntryPoint(CancellationToken.None)!;
        var factory = loaded
            .GetType(entry.ContainingType.MetadataName)!
            .GetMethod(entry.MetadataName)!
            .CreateDelegate<Func<object?[], Task<object?>>>();
        return new Submission(compilation, code, factory, HasResult(compilation, tree));
    }

    /// <summary>Runs a submission and makes it the last of the chain, even if it fails: what it assigned before is kept.</summary>
    /// <param name="submission">What <see cref="Compile"/> made.</param>
    public async Task<object?> RunAsync(Submission submission)
    {
        lock (_gate)
        {
            _submissions.Add(submission);
            if (_added.Count > 0)
            {
                _added = [.. _added.Except(submission.Compilation.References)];
            }

            if (_submissions.Count + 1 > _states.Length)
            {
                Array.Resize(ref _states, _states.Length * 2);
            }
        }

        try
        {
            return await submission.Run(_states).ConfigureAwait(true);
        }
        finally
        {
            lock (_gate)
            {
                // Files that it loads are trees too. Not every submission has a place: the newest state is its own, or was there before.
                _redeclared.Ran(submission.Compilation.SyntaxTrees.Select(t => t.GetRoot()), Array.FindLast(_states, s => s is not null));
            }
        }
    }

    /// <summary>Runs a submission and leaves the chain as it is.</summary>
    /// <param name="submission">What <see cref="Compile"/> made.</param>
    public Task<object?> RunAsideAsync(Submission submission)
    {
        object?[] states;
        lock (_gate)
        {
            states = [.. _states, null];
        }

        return submission.Run(states);
    }

    /// <summary>Whether a text ends with an expression, without a semicolon, that has a value.</summary>
    private static bool HasResult(CSharpCompilation compilation, SyntaxTree tree) =>
        tree.GetRoot()
            is CompilationUnitSyntax
            {
                Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }]
            }
        && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).ConvertedType is { SpecialType: not SpecialType.System_Void };

    /// <summary>Whether a text has something that could go on for ever; most cells have not, and are faster without.</summary>
    private static bool NeedsChecks(SyntaxNode root) =>
        root.DescendantNodes()
            .Any(n =>
                n
                    is StatementSyntax
                        and (
                            WhileStatementSyntax
                            or DoStatementSyntax
                            or CommonForEachStatementSyntax
                            or ForStatementSyntax
                            or LabeledStatementSyntax
                            or LocalFunctionStatementSyntax
                        )
                        or AnonymousFunctionExpressionSyntax
                        or BaseMethodDeclarationSyntax
                        or BasePropertyDeclarationSyntax
                        or CatchClauseSyntax
                        or QueryExpressionSyntax
                        or TypeDeclarationSyntax
            );
}
