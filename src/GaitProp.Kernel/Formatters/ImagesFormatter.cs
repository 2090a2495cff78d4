using GaitProp.Notebook.Outputs;
using SkiaSharp;

namespace GaitProp.Kernel.Formatters;

/// <summary>A data set: how much there is of what, and the first images of each class, a column a class.</summary>
internal static class ImagesFormatter
{
    private const int MostClasses = 20;
    private const int Rows = 3;
    private const int MostSide = 64;

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<ImageDataset>(
            data =>
                CellHtml.Card(
                    data.Name,
                    $"{data.Source}{(data.IsEmbedded ? " (generated)" : "")}",
                    Counts(data) + Grid(data.Train, data.ClassNames)
                ),
            data =>
                $"{data.Name} ({data.Source}): {Number.Whole(data.Train.Count)} training and {Number.Whole(data.Test.Count)} test images, {Size(data.Train)}, {data.ClassNames.Count} classes: {string.Join(", ", data.ClassNames.Take(MostClasses))}{(data.ClassNames.Count > MostClasses ? ", …" : "")}",
            data => Png(data.Train)
        );
        RichFormatter.Register<ImageSplit>(
            split => CellHtml.Card("images", $"{Number.Whole(split.Count)}, {Size(split)}", Grid(split, [])),
            split => $"{Number.Whole(split.Count)} images, {Size(split)}, {Classes(split)} classes",
            Png
        );
    }

    private static int Classes(ImageSplit split) => Enumerable.Range(0, split.Count).Select(split.Label).Distinct().Count();

    private static string Counts(ImageDataset data) =>
        CellHtml.Numbers(
            ("training", Number.Whole(data.Train.Count)),
            ("test", Number.Whole(data.Test.Count)),
            ("images of", Size(data.Train)),
            ("classes", Number.Whole(data.ClassNames.Count))
        );

    private static string Size(ImageSplit split) => $"{split.Channels} × {split.Height} × {split.Width}";

    private static string Grid(ImageSplit split, IReadOnlyList<string> names)
    {
        var columns = Columns(split);
        if (columns.Count == 0)
        {
            return $"<span style=\"{CellHtml.Muted}\">There are no images.</span>";
        }

        // Twice as large, as far as they all fit beside each other.
        var scale = Math.Max(1, Math.Min(2, 64 / Math.Max(1, Shown(split.Width, split))));
        var cells = columns.Select(column =>
        {
            using var strip = Draw(split, [column.Images]);
            var name = column.Class < names.Count ? names[column.Class] : $"class {column.Class}";
            return $"<div style=\"text-align:center\"><div style=\"font-size:12px;max-width:{Math.Max(64, scale * strip.Width)}px;overflow-wrap:anywhere\">{HtmlText.Escape(name)}</div>{CellHtml.Image(TensorImage.Encode(strip), scale * strip.Width, scale * strip.Height, $"{Count(column.Images.Count, "image")} of {name}", pixelated: true)}</div>";
        });
        var classes = Classes(split);
        return $"<div style=\"display:flex;flex-wrap:wrap;gap:8px;margin-top:6px;align-items:flex-end\">{string.Concat(cells)}</div>"
            + $"<div style=\"{CellHtml.Muted};font-size:12px\">the first images of {(classes > columns.Count ? $"{columns.Count} of {classes} classes" : "each class")}</div>";
    }

    private static byte[] Png(ImageSplit split)
    {
        using var drawn = Draw(split, [.. Columns(split).Select(c => c.Images)]);
        return TensorImage.Encode(drawn);
    }

    /// <summary>The classes, by their numbers, each with the places of its first images.</summary>
    private static List<(int Class, List<int> Images)> Columns(ImageSplit split)
    {
        var columns = new SortedDictionary<int, List<int>>();
        for (var i = 0; i < split.Count; i++)
        {
            if (!columns.TryGetValue(split.Label(i), out var images))
            {
                columns[split.Label(i)] = images = [];
            }

            if (images.Count < Rows)
            {
                images.Add(i);
            }
        }

        return [.. columns.Take(MostClasses).Select(c => (c.Key, c.Value))];
    }

    /// <summary>Columns of images below each other, with a clear seam.</summary>
    private static SKBitmap Draw(ImageSplit split, IReadOnlyList<List<int>> columns)
    {
        var (width, height) = (Shown(split.Width, split), Shown(split.Height, split));
        var every = Every(split);
        var bitmap = new SKBitmap(
            new SKImageInfo(
                Math.Max(1, (columns.Count * (width + 1)) - 1),
                Math.Max(1, (columns.Select(c => c.Count).DefaultIfEmpty(0).Max() * (height + 1)) - 1),
                SKColorType.Rgba8888,
                SKAlphaType.Unpremul
            )
        );
        bitmap.Erase(SKColors.Transparent);
        foreach (var (column, images) in columns.Index())
        {
            foreach (var (row, image) in images.Index())
            {
                var pixels = split.Image(image);
                for (var y = 0; y < height; y++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        var place = (y * every * split.Width) + (x * every);
                        var plane = split.Channels == 3 ? split.Height * split.Width : 0;
                        bitmap.SetPixel(
                            (column * (width + 1)) + x,
                            (row * (height + 1)) + y,
                            new SKColor(pixels[place], pixels[place + plane], pixels[place + (2 * plane)])
                        );
                    }
                }
            }
        }

        return bitmap;
    }

    private static int Every(ImageSplit split) => (Math.Max(split.Width, split.Height) + MostSide - 1) / MostSide;

    private static int Shown(int side, ImageSplit split) => (side + Every(split) - 1) / Every(split);
}
