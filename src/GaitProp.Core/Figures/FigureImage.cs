using static TorchSharp.torch;

namespace GaitProp.Figures;

/// <summary>A picture of a figure.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Red, green and blue of each pixel, <c>[height, width, 3]</c>.</param>
internal sealed record FigureImage(int Width, int Height, ReadOnlyMemory<byte> Pixels)
{
    /// <summary>The picture of a tensor; values outside of [0, 1] are cut off.</summary>
    /// <param name="image">Intensities, <c>[3, height, width]</c>.</param>
    public static FigureImage Of(Tensor image)
    {
        using var scope = NewDisposeScope();
        var bytes = image.clamp(0, 1).mul(255).round().permute(1, 2, 0).contiguous().to(ScalarType.Byte).cpu();
        return new((int)image.shape[2], (int)image.shape[1], bytes.data<byte>().ToArray());
    }

    /// <summary>The intensities in [0, 1], float64 <c>[3, height, width]</c>.</summary>
    public Tensor ToTensor()
    {
        using var scope = NewDisposeScope();
        return tensor(Pixels.ToArray(), [Height, Width, 3])
            .to(ScalarType.Float64)
            .div(255)
            .permute(2, 0, 1)
            .contiguous()
            .MoveToOuterDisposeScope();
    }

    /// <summary>The same picture with the outline of a square.</summary>
    /// <param name="left">Its left column; what lies outside of the picture is not drawn.</param>
    /// <param name="top">Its upper row.</param>
    /// <param name="side">Pixels of a side.</param>
    /// <param name="color">Red, green and blue.</param>
    public FigureImage WithOutline(int left, int top, int side, (byte Red, byte Green, byte Blue) color)
    {
        var pixels = Pixels.ToArray();
        for (var i = 0; i < side; i++)
        {
            Set(left + i, top);
            Set(left + i, top + side - 1);
            Set(left, top + i);
            Set(left + side - 1, top + i);
        }

        return this with
        {
            Pixels = pixels,
        };

        void Set(int x, int y)
        {
            if (x >= 0 && y >= 0 && x < Width && y < Height)
            {
                (pixels[3 * ((y * Width) + x)], pixels[(3 * ((y * Width) + x)) + 1], pixels[(3 * ((y * Width) + x)) + 2]) = color;
            }
        }
    }
}
