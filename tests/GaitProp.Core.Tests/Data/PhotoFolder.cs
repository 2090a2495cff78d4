using NetVips;

namespace GaitProp.Tests.Data;

/// <summary>Photos that a test makes: smooth patches of colour, of any size.</summary>
internal static class PhotoFolder
{
    /// <summary>A photo whose middle is of a colour.</summary>
    public static Image Photo(int width, int height, int number)
    {
        using var black = Image.Black(width, height, bands: 3);
        return (black + new double[] { 37 * number % 256, 91 * number % 256, 151 * number % 256 })
            .Cast(Enums.BandFormat.Uchar)
            .Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <summary>Writes a JPEG; its folder is made.</summary>
    public static void Jpeg(string file, int number, int width = 40, int height = 30)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var photo = Photo(width, height, number);
        File.WriteAllBytes(file, photo.JpegsaveBuffer(q: 95));
    }

    /// <summary>Folders train and val, one folder a class.</summary>
    public static string Classes(string root, int classes = 3, int train = 5, int validation = 2)
    {
        for (var c = 0; c < classes; c++)
        {
            for (var i = 0; i < train; i++)
            {
                Jpeg(Path.Combine(root, "train", $"n0000000{c}", $"n0000000{c}_{i}.JPEG"), (10 * c) + i);
            }

            for (var i = 0; i < validation; i++)
            {
                Jpeg(Path.Combine(root, "val", $"n0000000{c}", $"v{c}_{i}.JPEG"), (10 * c) + i + 5);
            }
        }

        return root;
    }
}
