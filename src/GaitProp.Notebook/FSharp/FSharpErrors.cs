using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.FSharp;

/// <summary>A text of F# does not compile.</summary>
/// <param name="errors">Why; at least one.</param>
internal sealed class FSharpErrors(IReadOnlyList<CompileError> errors) : Exception(errors[0].Message)
{
    /// <summary>Why it does not.</summary>
    public IReadOnlyList<CompileError> Errors { get; } = errors;
}
