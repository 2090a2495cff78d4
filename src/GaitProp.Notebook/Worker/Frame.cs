using System.Text.Json.Serialization;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Worker;

/// <summary>What the server and its worker tell each other.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Execute), "execute")]
[JsonDerivedType(typeof(Evaluate), "evaluate")]
[JsonDerivedType(typeof(Complete), "complete")]
[JsonDerivedType(typeof(Inspect), "inspect")]
[JsonDerivedType(typeof(CheckWhole), "checkWhole")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Told), "told")]
[JsonDerivedType(typeof(Quit), "quit")]
[JsonDerivedType(typeof(Begun), "begun")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Found), "found")]
[JsonDerivedType(typeof(Candidates), "candidates")]
[JsonDerivedType(typeof(Wholeness), "wholeness")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Ask), "ask")]
[JsonDerivedType(typeof(Unask), "unask")]
[JsonDerivedType(typeof(Printed), "printed")]
[JsonDerivedType(typeof(Displayed), "displayed")]
[JsonDerivedType(typeof(Updated), "updated")]
[JsonDerivedType(typeof(Cleared), "cleared")]
[JsonDerivedType(typeof(Returned), "returned")]
internal abstract record Frame
{
    /// <summary>Which question or cell it belongs to.</summary>
    public long Id { get; init; }
}

/// <summary>The server asks for something; an <see cref="Answer"/> with the same number comes back.</summary>
internal abstract record Question : Frame;

/// <summary>Runs a cell; <see cref="Done"/> comes back.</summary>
/// <param name="Code">Its text.</param>
/// <param name="Number">Its execution count.</param>
internal sealed record Execute(string Code, int Number) : Question;

/// <summary>The value of an expression; <see cref="Found"/> comes back.</summary>
/// <param name="Expression">C#.</param>
internal sealed record Evaluate(string Expression) : Question;

/// <summary>What could stand at the caret; <see cref="Candidates"/> come back.</summary>
/// <param name="Code">The cell's text.</param>
/// <param name="Position">The caret.</param>
internal sealed record Complete(string Code, int Position) : Question;

/// <summary>What stands at the caret; <see cref="Found"/> comes back.</summary>
/// <param name="Code">The cell's text.</param>
/// <param name="Position">The caret.</param>
/// <param name="Detail">0 for a summary, 1 for all that is known.</param>
internal sealed record Inspect(string Code, int Position, int Detail) : Question;

/// <summary>Whether a text can be run as it stands; <see cref="Wholeness"/> comes back.</summary>
/// <param name="Code">The text.</param>
internal sealed record CheckWhole(string Code) : Question;

/// <summary>The worker shall give a question up.</summary>
internal sealed record Cancel : Frame;

/// <summary>What the user has typed; <see cref="Failed"/> comes in its place if nobody could be asked.</summary>
/// <param name="Value">The line.</param>
internal sealed record Told(string Value) : Frame;

/// <summary>The worker shall end.</summary>
internal sealed record Quit : Frame;

/// <summary>The worker is there.</summary>
internal sealed record Begun : Frame;

/// <summary>What comes back of a question.</summary>
internal abstract record Answer : Frame;

/// <summary>How a cell ended.</summary>
/// <param name="Result">How.</param>
/// <param name="Cut">Bytes of its text that were left out.</param>
internal sealed record Done(CellResult Result, long Cut) : Answer;

/// <summary>A value, or what stands at the caret.</summary>
/// <param name="Bundle">It; <see langword="null"/> if there is nothing.</param>
internal sealed record Found(MimeBundle? Bundle = null) : Answer;

/// <summary>What could stand at the caret.</summary>
/// <param name="Completion">The candidates.</param>
internal sealed record Candidates(CellCompletion Completion) : Answer;

/// <summary>Whether a text can be run as it stands.</summary>
/// <param name="Completeness">Whether it can.</param>
internal sealed record Wholeness(CellCompleteness Completeness) : Answer;

/// <summary>A question has no answer.</summary>
/// <param name="Name">The error's name; empty if the question was given up.</param>
/// <param name="Message">Why.</param>
internal sealed record Failed(string Name, string Message) : Answer;

/// <summary>A cell wants a line from the user.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Prompt">What to ask.</param>
/// <param name="Password">Whether the answer stays hidden.</param>
internal sealed record Ask(long Cell, string Prompt, bool Password) : Frame;

/// <summary>The cell does not want it any more.</summary>
internal sealed record Unask : Frame;

/// <summary>An output of a cell.</summary>
internal abstract record Output : Frame
{
    /// <summary>Shows it.</summary>
    /// <param name="cell">Where.</param>
    public abstract void ShowIn(ICellOutput cell);
}

/// <summary>Text of a stream.</summary>
/// <param name="Stream">Which one.</param>
/// <param name="Text">The text.</param>
internal sealed record Printed(CellStream Stream, string Text) : Output
{
    /// <inheritdoc/>
    public override void ShowIn(ICellOutput cell) => cell.Write(Stream, Text);
}

/// <summary>Something is shown.</summary>
/// <param name="Bundle">Its forms.</param>
/// <param name="DisplayId">Its name, if it has one.</param>
internal sealed record Displayed(MimeBundle Bundle, string? DisplayId = null) : Output
{
    /// <inheritdoc/>
    public override void ShowIn(ICellOutput cell) => cell.Display(Bundle, DisplayId);
}

/// <summary>What is shown under a name is replaced.</summary>
/// <param name="DisplayId">The name.</param>
/// <param name="Bundle">The new forms.</param>
internal sealed record Updated(string DisplayId, MimeBundle Bundle) : Output
{
    /// <inheritdoc/>
    public override void ShowIn(ICellOutput cell) => cell.Update(DisplayId, Bundle);
}

/// <summary>What the cell has shown is cleared.</summary>
/// <param name="Wait">Only when the next output comes.</param>
internal sealed record Cleared(bool Wait) : Output
{
    /// <inheritdoc/>
    public override void ShowIn(ICellOutput cell) => cell.Clear(Wait);
}

/// <summary>The value of the cell's last expression.</summary>
/// <param name="Bundle">Its forms.</param>
internal sealed record Returned(MimeBundle Bundle) : Output
{
    /// <inheritdoc/>
    public override void ShowIn(ICellOutput cell) => cell.Result(Bundle);
}
