using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// A tensor: shape, type, device, statistics, and a picture of its numbers.
/// </summary>
internal static class TensorFormatter
{
    /// <summary>Numbers that the statistics look at.</summary>
    private const long MostValues = 1 << 20;

    /// <summary>Elements whose numbers are written out.</summary>
    private const long MostWritten = 4096;

    /// <summary>Elements whose numbers stand in the plain text.</summary>
    private const long MostText = 1024;

    private const int MostNumbers = 6000;
    private const int MostRows = 64;
    private const int MostColumns = 128;
    private const int MostStrip = 256;
    private const int MostImages = 32;
    private const int MostSide = 96;

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        foreach (var type in (Type[])[typeof(Tensor), typeof(Parameter)])
        {
            // TorchSharp names its own form when it is first asked; what is named later stands above it.
            _ = Formatter.GetPreferredMimeTypesFor(type);
            Formatter.SetPreferredMimeTypesFor(type, MimeBundle.Html, MimeBundle.PlainText);
        }

        Formatter.Register<Tensor>(Html, MimeBundle.Html);
        Formatter.Register<Tensor>(Text, MimeBundle.PlainText);
        RichFormatter.RegisterPng<Tensor>(Png);
    }

    /// <summary>A tensor in a cell's plain text: the numbers of a small one, of another a line.</summary>
    private static string Text(Tensor tensor)
    {
        if (IsGone(tensor))
        {
            return "tensor (disposed)";
        }

        var line = TensorText.Line(tensor);
        if (tensor.numel() == 0 || tensor.device_type == DeviceType.META)
        {
            return line;
        }

        if (tensor.numel() <= MostText && !tensor.is_sparse)
        {
            return tensor.dim() == 0 ? $"{line}, value = {TensorText.Numbers(tensor)}" : $"{line}\n{TensorText.Numbers(tensor)}";
        }

        var s = TensorStatistics.Of(TensorSample.Of(tensor, MostValues).Values);
        return $"{line}, min = {Number.Short(s.Least)}, max = {Number.Short(s.Most)}, mean = {Number.Short(s.Mean)}, std = {Number.Short(s.Deviation)}{(s.NaN > 0 ? $", NaN = {Number.Whole(s.NaN)}" : "")}{(s.Infinite > 0 ? $", infinite = {Number.Whole(s.Infinite)}" : "")}";
    }

    private static byte[] Png(Tensor tensor) =>
        (IsGone(tensor) ? null : Picture(tensor))?.Png
        ?? throw new InvalidOperationException("this tensor has no picture: it has no numbers, or more than four axes.");

    private static string Html(Tensor tensor)
    {
        if (IsGone(tensor))
        {
            return CellHtml.Card(
                "tensor",
                "disposed",
                $"<span style=\"{CellHtml.Muted}\">Its memory has been given back: nothing is known of it any more.</span>"
            );
        }

        var shape = tensor.shape;
        var title = $"tensor {(shape.Length == 0 ? "(scalar)" : string.Join(" × ", shape))}";
        var note =
            $"{tensor.dtype.ToString().ToLowerInvariant()}, {tensor.device}{(tensor.requires_grad ? ", requires grad" : "")}, {Number.Bytes(tensor.numel() * tensor.element_size())}";
        if (tensor.device_type == DeviceType.META)
        {
            return CellHtml.Card(
                title,
                note,
                $"<span style=\"{CellHtml.Muted}\">A tensor on the meta device has a shape and no numbers.</span>"
            );
        }

        if (tensor.numel() == 0)
        {
            return CellHtml.Card(title, note, $"<span style=\"{CellHtml.Muted}\">It has no elements.</span>");
        }

        var sample = TensorSample.Of(tensor, MostValues);
        var body = shape.Length == 0 ? "" : Statistics(tensor, sample);
        if (shape.Length > 0 && sample.Values.Any(v => v != 0) && Picture(tensor) is { } picture)
        {
            var scale = Math.Max(1, Math.Min(20, Math.Min(620 / picture.Width, 260 / picture.Height)));
            var height = shape.Length == 1 ? 28 : picture.Height * scale;
            body +=
                $"<div style=\"margin-top:6px\">{CellHtml.Image(picture.Png, picture.Width * scale, height, $"{title}: {picture.Words}", pixelated: true)}<div style=\"{CellHtml.Muted};font-size:12px\">{HtmlText.Escape(picture.Words)}</div></div>";
        }

        if (tensor.numel() <= MostWritten)
        {
            var text = tensor.is_sparse ? "" : Cut(TensorText.Numbers(tensor));
            body +=
                shape.Length == 0 ? CellHtml.Verbatim(text)
                : text.Length == 0 ? ""
                : CellHtml.Folded("numbers", CellHtml.Verbatim(text));
        }

        return CellHtml.Card(title, note, body);
    }

    private static string Statistics(Tensor tensor, TensorSample sample)
    {
        var s = TensorStatistics.Of(sample.Values);
        var numbers = new List<(string, string)>();
        if (tensor.dtype == ScalarType.Bool)
        {
            numbers.Add(
                (
                    "true",
                    $"{Number.Whole(s.Count - s.Zero)} of {Number.Whole(s.Count)} ({Number.Percent((double)(s.Count - s.Zero) / s.Count)})"
                )
            );
        }
        else
        {
            var of = tensor.is_complex() ? "|z| " : "";
            numbers.AddRange([
                ($"{of}min", Number.Short(s.Least)),
                ($"{of}max", Number.Short(s.Most)),
                ($"{of}mean", Number.Short(s.Mean)),
                ($"{of}std", Number.Short(s.Deviation)),
            ]);
            if (s.Zero > 0)
            {
                numbers.Add(("zero", Number.Percent((double)s.Zero / s.Count)));
            }
        }

        if (s.NaN > 0)
        {
            numbers.Add(("NaN", Number.Whole(s.NaN)));
        }

        if (s.Infinite > 0)
        {
            numbers.Add(("infinite", Number.Whole(s.Infinite)));
        }

        return CellHtml.Numbers(numbers)
            + (
                sample.Whole
                    ? ""
                    : $"<span style=\"{CellHtml.Muted};font-size:12px\">of {Number.Whole(s.Count)} numbers at equal distances; it has {Number.Whole(tensor.numel())}</span>"
            );
    }

    /// <summary>
    /// A strip, a heat map, images, or the channels of the first sample; <see langword="null"/> of what has no numbers, or more axes.
    /// </summary>
    private static TensorImage? Picture(Tensor tensor)
    {
        if (tensor.device_type == DeviceType.META || tensor.numel() == 0)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var whole = tensor.detach();
        if (whole.is_sparse)
        {
            whole = whole.to_dense();
        }

        switch (whole.shape)
        {
            case []:
                return null;
            case [_]:
                var strip = Thin(whole, 0, MostStrip);
                return Heat(strip.reshape(1, -1), Some(Number.Whole(strip.shape[0]), Number.Whole(whole.shape[0]), "numbers"));
            case [_, _]:
                return Heat(Thin(Thin(whole, 0, MostRows), 1, MostColumns), "");
            case [1 or 3, > 1, > 1]:
                return Images(whole.unsqueeze(0));
            case [_, 1 or 3, > 1, > 1]:
                return Images(whole);
            case [var channels, > 1, > 1]:
                return Channels(whole, "channels");
            case [_, _, > 1, > 1]:
                return Channels(whole[0], "channels of the first sample");
            default:
                return null;
        }

        TensorImage Images(Tensor images)
        {
            var shown = Thin(Thin(images.narrow(0, 0, Math.Min(MostImages, images.shape[0])), 2, MostSide), 3, MostSide);
            return TensorImage.Grid(TensorSample.Of(shown, long.MaxValue), whole.dtype == ScalarType.Byte, images.shape[0]);
        }

        TensorImage Channels(Tensor one, string words)
        {
            var few = one.narrow(0, 0, Math.Min(16, one.shape[0]));
            few = Thin(Thin(few, 1, 32), 2, 32);

            // A seam of zeros, which are clear, between two channels.
            var seamed = nn.functional.pad(few.is_complex() ? few.abs() : few.to(ScalarType.Float64), [0, 1]);
            var rows = Math.Max(1, (few.shape[0] + 7) / 8);
            var padded = cat([
                seamed,
                zeros([(rows * 8) - few.shape[0], seamed.shape[1], seamed.shape[2]], ScalarType.Float64, seamed.device),
            ]);
            var tiles =
                few.shape[0] <= 8
                    ? seamed.permute(1, 0, 2).reshape(seamed.shape[1], -1)
                    : padded.reshape(rows, 8, seamed.shape[1], seamed.shape[2]).permute(0, 2, 1, 3).reshape(rows * seamed.shape[1], -1);
            return Heat(
                tiles,
                (one.shape[0] > few.shape[0] ? $"the first {few.shape[0]} of {one.shape[0]} {words}" : $"{one.shape[0]} {words}")
                    + (Plane(few) == Plane(one) ? "" : $", of each {Some(Plane(few), Plane(one), "numbers")}")
            );
        }

        static string Plane(Tensor channels) => $"{channels.shape[1]} × {channels.shape[2]}";

        static string Some(string shown, string all, string what) =>
            shown == all ? $"{all} {what}" : $"{shown} of {all} {what}, at equal distances";

        TensorImage Heat(Tensor plane, string what)
        {
            var sample = TensorSample.Of(plane, long.MaxValue);
            var image = TensorImage.Heat(sample.Values, (int)sample.Shape[0], (int)sample.Shape[1]);
            var thinned =
                what.Length == 0 && plane.numel() < whole.numel()
                    ? $"{sample.Shape[0]} × {sample.Shape[1]} of its numbers, at equal distances; "
                : what.Length > 0 ? $"{what}; "
                : "";
            return image with { Words = $"{thinned}{image.Words}" };
        }
    }

    /// <summary>Every so many along an axis, so that at most so many are left.</summary>
    private static Tensor Thin(Tensor tensor, int axis, int most)
    {
        var every = (tensor.shape[axis] + most - 1) / most;
        return every <= 1
            ? tensor
            : tensor.index([
                .. Enumerable
                    .Range(0, (int)tensor.dim())
                    .Select(a => a == axis ? TensorIndex.Slice(null, null, every) : TensorIndex.Slice()),
            ]);
    }

    private static string Cut(string text) => text.Length <= MostNumbers ? text : $"{text[..MostNumbers]}\n…";

    private static bool IsGone(Tensor tensor) => tensor.IsInvalid;
}
