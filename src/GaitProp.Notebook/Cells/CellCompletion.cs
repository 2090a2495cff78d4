namespace GaitProp.Notebook.Cells;

/// <summary>Something that could stand at the caret.</summary>
/// <param name="Text">What replaces the span.</param>
/// <param name="Kind">Jupyter's type words: <c>class function property field variable keyword module magic option path …</c>.</param>
/// <param name="Signature">What it takes and gives, or an empty text.</param>
/// <param name="Documentation">A sentence about it, or an empty text.</param>
internal sealed record CompletionEntry(string Text, string Kind, string Signature = "", string Documentation = "");

/// <summary>What could stand at the caret.</summary>
/// <param name="Start">Where the replaced span begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Entries">The candidates, best first.</param>
internal sealed record CellCompletion(int Start, int End, IReadOnlyList<CompletionEntry> Entries);

/// <summary>Whether a text can be run as it stands.</summary>
internal enum Completeness
{
    /// <summary>Yes.</summary>
    Complete,

    /// <summary>More has to follow.</summary>
    Incomplete,

    /// <summary>No, and nothing that follows would help.</summary>
    Invalid,
}

/// <summary>Whether a text can be run as it stands.</summary>
/// <param name="Status">Whether it can.</param>
/// <param name="Indent">What the next line begins with, if more has to follow.</param>
internal sealed record CellCompleteness(Completeness Status, string Indent = "");
