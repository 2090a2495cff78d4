using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;

namespace GaitProp.Notebook.CSharp.Assistance;

/// <summary>
/// The submissions of a session as projects of a workspace, each built on the one before it, for Roslyn's language services.
/// </summary>
/// <param name="session">The session.</param>
internal sealed class SubmissionWorkspace(ScriptSession session) : IDisposable
{
    /// <summary>C# alone: to look through Visual Basic's services as well would cost the first completion a quarter of a second.</summary>
    private static readonly Lazy<MefHostServices> Services = new(() =>
        MefHostServices.Create(
            MefHostServices.DefaultAssemblies.Where(a => !a.GetName().Name!.Contains("VisualBasic", StringComparison.Ordinal))
        )
    );

    private readonly Lock _gate = new();
    private AdhocWorkspace? _workspace;
    private Solution? _solution;
    private (Solution Solution, DocumentId Document, IReadOnlyList<MetadataReference> References)? _next;
    private ProjectId? _last;
    private int _count;

    /// <summary>A text as the next cell.</summary>
    /// <param name="code">C#.</param>
    public Document Document(string code)
    {
        lock (_gate)
        {
            _workspace ??= new AdhocWorkspace(Services.Value);
            _solution ??= _workspace.CurrentSolution;
            var (submissions, references) = session.Chain;
            for (; _count < submissions.Count; _count++)
            {
                _next = null;
                (_solution, _last, _) = Add(
                    _solution,
                    submissions[_count].Code,
                    submissions[_count].Compilation.References,
                    $"Submission#{_count}"
                );
            }

            // Between two keystrokes only the text changes: the project of the next cell is made once.
            if (_next is not { } next || next.References != references)
            {
                var (solution, _, document) = Add(_solution, "", references, "Submission#next");
                next = (solution, document, references);
                _next = next;
            }

            return next.Solution.WithDocumentText(next.Document, SourceText.From(code)).GetDocument(next.Document)!;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _workspace?.Dispose();
        }
    }

    private (Solution Solution, ProjectId Project, DocumentId Document) Add(
        Solution solution,
        string code,
        IEnumerable<MetadataReference> references,
        string name
    )
    {
        var project = ProjectId.CreateNewId(name);
        var document = DocumentId.CreateNewId(project, name);
        var info = ProjectInfo.Create(
            project,
            VersionStamp.Create(),
            name,
            name,
            LanguageNames.CSharp,
            compilationOptions: ScriptSession.Options(name, _last is null ? ScriptUsings.Of(session.Kit) : []),
            parseOptions: ScriptSession.Parsing.WithDocumentationMode(DocumentationMode.Parse),
            projectReferences: _last is null ? [] : [new ProjectReference(_last)],
            metadataReferences: references.OfType<PortableExecutableReference>(),
            isSubmission: true
        );
        return (solution.AddProject(info).AddDocument(document, name, SourceText.From(code)), project, document);
    }
}
