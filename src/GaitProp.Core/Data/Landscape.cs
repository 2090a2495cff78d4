namespace GaitProp.Data;

/// <summary>
/// A picture that is drawn, not photographed, for examples on machines without one: sky, sun, hills and water, with edges and smooth parts
/// as a photo has them.
/// </summary>
internal static class Landscape
{
    /// <summary>Draws it.</summary>
    /// <param name="size">Pixels of a side.</param>
    /// <returns>Red, green and blue of each pixel, <c>[size, size, 3]</c>.</returns>
    public static byte[] Draw(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var noise = new SplitMix64(7);
        var pixels = new byte[size * size * 3];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                var (x, y) = ((column + 0.5) / size, (row + 0.5) / size);
                var (red, green, blue) = Color(x, y);
                var grain = noise.Between(-0.02, 0.02);
                var at = 3 * ((row * size) + column);
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (Byte(red + grain), Byte(green + grain), Byte(blue + grain));
            }
        }

        return pixels;
    }

    private static (double Red, double Green, double Blue) Color(double x, double y)
    {
        var near = 0.62 + (0.06 * Math.Sin(5 * x)) + (0.02 * Math.Sin(17 * x));
        var far = 0.46 + (0.1 * Math.Abs(Math.Sin((4.1 * x) + 0.6)));
        if (y > 0.8)
        {
            // Water, with the sun's light on its waves.
            var wave = 0.5 + (0.5 * Math.Sin((90 * y) + (6 * Math.Sin(9 * x))));
            var glint = Math.Exp(-Math.Pow((x - 0.7) / 0.1, 2)) * wave;
            return (0.1 + (0.7 * glint), 0.28 + (0.1 * wave) + (0.45 * glint), 0.42 + (0.12 * wave) + (0.2 * glint));
        }

        if (y > near)
        {
            var stripe = 0.5 + (0.5 * Math.Sin((60 * x) + (25 * y)));
            return (0.16 + (0.1 * stripe), 0.4 + (0.12 * stripe) - (0.4 * (y - near)), 0.14);
        }

        if (y > far)
        {
            return (0.36 + (0.3 * (y - far)), 0.42 + (0.3 * (y - far)), 0.55);
        }

        var sun = Math.Sqrt(Math.Pow(x - 0.7, 2) + Math.Pow(y - 0.22, 2));
        return sun < 0.08
            ? (1, 0.93, 0.6)
            : (0.45 + (0.45 * y) + (0.3 * Math.Exp(-6 * sun)), 0.65 + (0.25 * y) + (0.1 * Math.Exp(-6 * sun)), 0.95 - (0.1 * y));
    }

    private static byte Byte(double value) => (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
}
