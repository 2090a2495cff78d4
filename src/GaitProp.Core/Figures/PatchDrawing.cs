using GaitProp.Runtime;
using GaitProp.Studies;
using static TorchSharp.torch;

namespace GaitProp.Figures;

/// <summary>
/// One patch of a picture on its way through a square convolution and back: reshaped to a vector, transformed, inverted, reshaped. Every
/// picture is what was computed.
/// </summary>
internal static class PatchDrawing
{
    private const double Side = 104;
    private const double Strip = 16;

    /// <summary>Draws it.</summary>
    /// <param name="patch">What was computed.</param>
    public static Drawing Draw(ConvolutionPatch patch)
    {
        using var scope = NewDisposeScope();
        var side = (int)patch.Input.shape[^1];
        var values = patch.Values.shape[0];
        var most = Math.Max(patch.Values.abs().max().Number(), patch.Sums.abs().max().Number());
        var shapes = new List<DrawingShape>();
        const double upper = 34,
            lower = 206;

        // Up: patch, vector, W, z, f, a. Down, from the right: a, inverse of f, z, inverse of W, vector, patch.
        Picture(20, upper, Side, FigureImage.Of(patch.Input), Text($"patch, {side} × {side} × 3"));
        Strips(222, upper, patch.Values, Text($"{values} values"));
        Picture(346, upper, Side, Signed(patch.Weight), Text($"W, {values} × {values}"));
        Strips(538, upper, patch.Sums, "z = W x + b");
        Strips(700, upper, patch.Activations, "a = f(z)");
        Picture(20, lower, Side, FigureImage.Of(patch.Rebuilt), "the patch again");
        Strips(222, lower, patch.RebuiltValues, Text($"{values} values"));
        Picture(346, lower, Side, Signed(patch.Inverse), "W⁻¹");
        Strips(538, lower, patch.Recovered, "f⁻¹(a) − b");
        Strips(700, lower, patch.Activations, "a, or its target");
        foreach (
            var (from, to, word) in ((double, double, string)[])
                [(130, 214, "reshape"), (246, 338, "multiply"), (458, 530, ""), (562, 692, "leaky ReLU")]
        )
        {
            shapes.Add(new DrawingArrow(from, upper + (Side / 2), to, upper + (Side / 2), DrawingTone.Ink));
            shapes.Add(new DrawingArrow(to, lower + (Side / 2), from, lower + (Side / 2), DrawingTone.Target));
            if (word.Length > 0)
            {
                shapes.Add(new DrawingText((from + to) / 2, upper + (Side / 2) - 12, word) { Size = 14 });
                shapes.Add(
                    new DrawingText((from + to) / 2, lower + (Side / 2) - 12, word == "leaky ReLU" ? "its inverse" : word) { Size = 14 }
                );
            }
        }

        shapes.Add(new DrawingArrow(708, upper + Side + 26, 708, lower - 6, DrawingTone.Target));
        shapes.Add(new DrawingText(10, 10, "Up: the convolution, as a dense layer of one patch", DrawingAlign.Left) { IsStrong = true });
        shapes.Add(new DrawingText(10, lower - 20, "Down: its inverse", DrawingAlign.Left) { IsStrong = true });
        return new Drawing(770, lower + Side + 30, shapes);

        void Picture(double x, double y, double size, FigureImage image, string words)
        {
            shapes.Add(new DrawingPicture(x, y, size, size, image));
            shapes.Add(new DrawingText(x + (size / 2), y + size + 15, words) { Size = 14 });
        }

        void Strips(double x, double y, Tensor vector, string words)
        {
            shapes.Add(
                new DrawingPicture(x, y, Strip, Side, FigureImage.Of((0.5 + (0.5 * vector / most)).reshape(1, -1, 1).expand(3, -1, -1)))
            );
            shapes.Add(new DrawingText(x + (Strip / 2), y + Side + 15, words) { Size = 14 });
        }
    }

    /// <summary>Signed numbers in greys: middle grey is zero.</summary>
    private static FigureImage Signed(Tensor matrix) =>
        FigureImage.Of((0.5 + (0.5 * matrix / matrix.abs().max())).unsqueeze(0).expand(3, -1, -1));
}
