using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp;

/// <summary>A piece of a cell. Positions are those of the cell.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
internal abstract record CellSection(int Start, int End);

/// <summary>C#.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Code">The cell up to the section's end with blanks in the place of all that is not C#: lines, columns and positions are the cell's.</param>
/// <param name="References">Its <c>#r</c> and <c>#i</c> lines.</param>
internal sealed record CodeSection(int Start, int End, string Code, IReadOnlyList<ReferenceLine> References) : CellSection(Start, End);

/// <summary>A use of a magic.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Name">Its name, with <c>#!</c>.</param>
/// <param name="Magic">The magic, or <see langword="null"/> if there is none of that name.</param>
/// <param name="Arguments">What follows the name on the line.</param>
/// <param name="ArgumentsStart">Where that begins.</param>
/// <param name="BodyStart">Where the lines below begin.</param>
/// <param name="Body">The lines below that are its own.</param>
internal sealed record MagicSection(int Start, int End, string Name, IMagic? Magic, string Arguments, int ArgumentsStart, int BodyStart, string Body) : CellSection(Start, End);

/// <summary>A <c>#r "…"</c> or <c>#i "…"</c> line.</summary>
/// <param name="Start">Where the line begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsSource">It is an <c>#i</c>.</param>
/// <param name="Text">What stands between the quotes.</param>
/// <param name="TextStart">Where that begins.</param>
internal sealed record ReferenceLine(int Start, int End, bool IsSource, string Text, int TextStart);
