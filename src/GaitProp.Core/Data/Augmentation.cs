using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Data;

/// <summary>
/// Training images changed at random, each anew in every epoch, so that a small set is harder to memorise: mirrored left to right
/// with a probability of one half, and shifted by whole pixels, equally likely up to a limit in each direction; what comes in at a border
/// is the image's own reflection there. What is measured on is never changed. The changes depend on seed, epoch and place in the epoch's
/// order alone: a position is all that there is to resume, and ranks change each image alike.
/// </summary>
/// <param name="seed">The experiment's seed.</param>
/// <param name="mirror">Whether images are mirrored.</param>
/// <param name="shift">Pixels that an image is shifted by at the most, in each direction; 0: none.</param>
internal sealed class Augmentation(int seed, bool mirror, int shift)
{
    /// <summary>Changes the images of a batch, in place.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="place">The first image's place in the epoch's order.</param>
    public void Change_(Tensor images, int epoch, long place)
    {
        if (!mirror && shift == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var (batch, height, width) = ((int)images.shape[0], (int)images.shape[2], (int)images.shape[3]);
        var (rows, columns) = (new long[batch * height], new long[batch * width]);
        for (var i = 0; i < batch; i++)
        {
            var (isMirrored, down, across) = Draw(epoch, place + i);
            for (var y = 0; y < height; y++)
            {
                rows[(i * height) + y] = width * Reflected(y + down - shift, height);
            }

            for (var x = 0; x < width; x++)
            {
                columns[(i * width) + x] = Reflected((isMirrored ? width - 1 - x : x) + across - shift, width);
            }
        }

        // The place in its plane that each pixel comes from, [batch, 1, height * width]: where its row begins, and its column.
        var places = (Here(rows).unsqueeze(2) + Here(columns).unsqueeze(1)).flatten(1).unsqueeze(1);
        var planes = images.flatten(2);
        images.copy_(planes.gather(2, places.expand_as(planes)).view(images.shape));

        Tensor Here(long[] numbers) =>
            TrainingImages.Sent(tensor(numbers, [batch, numbers.Length / batch], dtype: ScalarType.Int64), images.device);
    }

    /// <summary>How an image is changed: where its part of the padded image begins, and whether that is mirrored.</summary>
    internal (bool IsMirrored, int Down, int Across) Draw(int epoch, long place)
    {
        var random = SplitMix64.For((ulong)seed, (ulong)SeedUse.Augmentation, (ulong)epoch, (ulong)place);
        var isMirrored = random.Below(2) == 1;
        return (mirror && isMirrored, random.Below((2 * shift) + 1), random.Below((2 * shift) + 1));
    }

    /// <summary>The pixel of a side that is seen at a place on or beside it.</summary>
    private static int Reflected(int at, int size) =>
        at < 0 ? -at
        : at >= size ? (2 * (size - 1)) - at
        : at;
}
