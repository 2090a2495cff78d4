using GaitProp.Figures;
using Spectre.Console;
using Spectre.Console.Rendering;
using Table = GaitProp.Figures.Table;

namespace GaitProp.Kernel.Tables;

/// <summary>
/// A table as a terminal draws it, as wide as the terminal is. Spectre.Console's own tables break long words such as paths and give each
/// column of one that is too wide a few letters; this one goes on below.
/// </summary>
/// <param name="table">The table.</param>
internal sealed class TerminalTable(Table table) : IRenderable
{
    private static readonly Style Strong = new(decoration: Decoration.Bold);
    private static readonly Style Muted = new(decoration: Decoration.Dim);
    private static readonly Style Problem = new(Color.Red);

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        // A table with a title stands apart from what was written before it.
        if (table.Title.Length > 0)
        {
            yield return Segment.LineBreak;
        }

        // What goes into a file or to another program is text alone.
        foreach (var line in TableLines.Of(table, maxWidth, ruled: options.Ansi))
        {
            foreach (var span in line)
            {
                yield return new Segment(span.Text, StyleOf(span));
            }

            yield return Segment.LineBreak;
        }
    }

    private static Style StyleOf(TableSpan span) =>
        span.Source switch
        {
            Mark mark => new(
                mark.Tone switch
                {
                    Tone.Good => Color.Green,
                    Tone.Middling => Color.Yellow,
                    _ => Color.Red,
                }
            ),
            Bar or WordedBar => new(Color.Blue),
            _ => span.Kind switch
            {
                SpanKind.Strong => Strong,
                SpanKind.Muted => Muted,
                SpanKind.Problem => Problem,
                _ => Style.Plain,
            },
        };
}
