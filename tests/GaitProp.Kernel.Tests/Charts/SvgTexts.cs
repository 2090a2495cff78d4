using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

/// <summary>A text of a static figure and the box that its letters take, in units of the drawing.</summary>
internal sealed record SvgText(string Text, SKRect Box, float Size);

/// <summary>Reads where the texts of a static figure stand out of its SVG: what is measured is what is drawn.</summary>
internal static partial class SvgTexts
{
    public static (SKRect Page, IReadOnlyList<SvgText> Texts) Of(string svg)
    {
        var root = XDocument.Parse(svg).Root!;
        var page = SKRect.Create(Number(root, "width"), Number(root, "height"));
        return (page, [.. root.Descendants().Where(e => e.Name.LocalName == "text" && e.Value.Trim().Length > 0).Select(Read)]);
    }

    /// <summary>Texts that lie on each other, and those that the page cuts.</summary>
    public static IReadOnlyList<string> Flaws(string svg)
    {
        var (page, texts) = Of(svg);
        return Flaws(page, texts);
    }

    /// <summary>The same of texts that were measured.</summary>
    public static IReadOnlyList<string> Flaws(SKRect page, IReadOnlyList<SvgText> texts)
    {
        var flaws = texts
            .Where(t => t.Box.Left < page.Left || t.Box.Top < page.Top || t.Box.Right > page.Right || t.Box.Bottom > page.Bottom)
            .Select(t => $"'{t.Text}' is cut")
            .ToList();
        for (var i = 0; i < texts.Count; i++)
        {
            for (var j = i + 1; j < texts.Count; j++)
            {
                var shared = SKRect.Intersect(texts[i].Box, texts[j].Box);
                if (shared.Width > 1 && shared.Height > 1)
                {
                    flaws.Add($"'{texts[i].Text}' lies on '{texts[j].Text}'");
                }
            }
        }

        return flaws;
    }

    private static SvgText Read(XElement element)
    {
        var size = Number(element, "font-size");
        var xs = Numbers(element.Attribute("x")!.Value);
        var y = Numbers(element.Attribute("y")!.Value)[0];
        var face = element.Attribute("font-weight") is { Value: "600" } ? InterFont.SemiBold : InterFont.Regular;
        var text = element.Value.Trim();
        var last = new StaticText(face, size, SKColors.Black).Measure(text[^1..]);

        // Capitals are 0.73 of the size high in Inter; what hangs below is left out, as a reader's eye does.
        var box = new SKRect(xs.Min(), y - (0.73f * size), xs.Max() + last, y);
        foreach (var node in element.AncestorsAndSelf())
        {
            if (node.Attribute("transform") is { } transform)
            {
                box = Matrix(transform.Value).MapRect(box);
            }
        }

        return new SvgText(text, box, size);
    }

    private static SKMatrix Matrix(string transform)
    {
        var result = SKMatrix.Identity;
        foreach (Match step in Step().Matches(transform))
        {
            var n = Numbers(step.Groups[2].Value);
            result = result.PreConcat(
                step.Groups[1].Value switch
                {
                    "translate" => SKMatrix.CreateTranslation(n[0], n.Length > 1 ? n[1] : 0),
                    "scale" => SKMatrix.CreateScale(n[0], n.Length > 1 ? n[1] : n[0]),
                    "rotate" => n.Length > 1 ? SKMatrix.CreateRotationDegrees(n[0], n[1], n[2]) : SKMatrix.CreateRotationDegrees(n[0]),
                    "matrix" => new SKMatrix(n[0], n[2], n[4], n[1], n[3], n[5], 0, 0, 1),
                    var other => throw new InvalidOperationException($"The test does not know the transform {other}."),
                }
            );
        }

        return result;
    }

    private static float Number(XElement element, string name) => Numbers(element.Attribute(name)!.Value)[0];

    private static float[] Numbers(string text) =>
        [.. NumberIn().Matches(text).Select(m => float.Parse(m.Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"-?\d+(\.\d+)?(e-?\d+)?")]
    private static partial Regex NumberIn();

    [GeneratedRegex(@"(\w+)\(([^)]*)\)")]
    private static partial Regex Step();
}
