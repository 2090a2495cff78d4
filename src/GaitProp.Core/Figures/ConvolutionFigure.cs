using System.Globalization;
using GaitProp.Runtime;
using GaitProp.Studies;
using static TorchSharp.torch;

namespace GaitProp.Figures;

/// <summary>
/// The invertible convolution in pictures: what the inverse rebuilds where receptive fields overlap, and what comes down of a nudge.
/// </summary>
internal static class ConvolutionFigure
{
    /// <summary>Draws up the figure.</summary>
    /// <param name="name">The figure's name, also of its files.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="caption">What was measured on what.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="study">Kernel and stride.</param>
    /// <param name="table">What was found.</param>
    public static Figure Of(string name, string title, string caption, FigureImage picture, ConvolutionStudy study, ConvolutionTable table)
    {
        using var scope = NewDisposeScope();
        var most = table.Count.max().Number();
        var scale = table.Corrected.Carried.abs().max().Number();

        // The patch of panel A, and a neighbour that overlaps it.
        var patch = table.Patch ?? throw new ArgumentException("the table has no patch: it was not measured by a study.", nameof(table));
        var (left, top) = (patch.Left, patch.Top);
        var outlined = picture
            .WithOutline(left, top, study.Kernel, (255, 40, 40))
            .WithOutline(left + study.Stride, top + study.Stride, study.Kernel, (255, 255, 255));
        return new Figure(
            name,
            title,
            caption,
            [
                new(
                    "A",
                    "One patch: reshape, invert, reshape",
                    new Axis(Text($"relative error of the patch {Number(patch.Error)}; greys: middle grey is zero")),
                    new Axis(""),
                    [new("relative error", "relative error", [0], [patch.Error])],
                    PanelKind.Drawing
                )
                {
                    Drawing = PatchDrawing.Draw(patch),
                    IsWide = true,
                },
                Picture(
                    "B",
                    "The picture",
                    Text(
                        $"{table.Fields} fields of {study.Kernel} x {study.Kernel} pixels; A shows the red one; white: a neighbour that overlaps it"
                    ),
                    outlined
                ),
                Picture(
                    "C",
                    "Receptive fields on each pixel",
                    Text($"{table.Count.min().Number():0} (black) to {most:0} (white)"),
                    FigureImage.Of(((table.Count - table.Count.min()) / (most - table.Count.min().Number() + 1e-12)).expand(3, -1, -1)),
                    ("least", table.Count.min().Number()),
                    ("most", most)
                ),
                Picture(
                    "D",
                    "Inverted patches, summed",
                    Text($"shown / {most:0}; relative error {Number(table.Summed.Error)}"),
                    FigureImage.Of(table.Sum / most),
                    ("relative error", table.Summed.Error)
                ),
                Picture(
                    "E",
                    "Minus (count − 1) times the picture",
                    Text($"relative error {Number(table.Corrected.Error)}"),
                    FigureImage.Of(table.Corrected.Rebuilt),
                    ("relative error", table.Corrected.Error)
                ),
                Nudge("F", "A nudge carried down, corrected", table.Corrected, scale),
                Nudge("G", "The same, divided by the count", table.Divided, scale),
            ]
        );
    }

    private static Panel Nudge(string letter, string title, ConvolutionWay way, double scale) =>
        Picture(
            letter,
            title,
            Text($"{Number(way.Angle)} degrees from BP, {Number(way.Length)} times as long"),
            FigureImage.Of(0.5 + (0.5 * way.Carried / scale)),
            ("angle to BP (degrees)", way.Angle),
            ("length over BP's", way.Length),
            ("relative error of the picture", way.Error)
        );

    private static Panel Picture(
        string letter,
        string title,
        string note,
        FigureImage image,
        params (string Label, double Value)[] numbers
    ) =>
        new(
            letter,
            title,
            new Axis(note),
            new Axis(""),
            [.. numbers.Select(n => new Series(n.Label, n.Label, [0], [n.Value]))],
            PanelKind.Image
        )
        {
            Image = image,
        };

    /// <summary>A number as it is read: <c>0.17</c>, <c>3.1e−16</c>.</summary>
    private static string Number(double value) =>
        (
            value is >= 0.01 and < 1000
                ? value.ToString("0.###", CultureInfo.InvariantCulture)
                : value.ToString("0.#e-0", CultureInfo.InvariantCulture)
        ).Replace('-', '−');
}
