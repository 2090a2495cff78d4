using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.CSharp;

/// <summary>A compiled piece of a cell.</summary>
/// <param name="Compilation">What it was compiled to.</param>
/// <param name="Code">Its text.</param>
/// <param name="Run">Runs it in an array of the states of all submissions before it, and puts its own there.</param>
/// <param name="HasResult">Whether it ends with an expression, whose value is to be shown.</param>
internal sealed record Submission(CSharpCompilation Compilation, string Code, Func<object?[], Task<object?>> Run, bool HasResult);

/// <summary>A text does not compile.</summary>
/// <param name="errors">Why; at least one.</param>
internal sealed class SubmissionException(IReadOnlyList<Diagnostic> errors) : Exception(errors[0].GetMessage(CultureInfo.InvariantCulture))
{
    /// <summary>Why it does not, in the order of the text.</summary>
    public IReadOnlyList<Diagnostic> Errors { get; } = errors;
}
