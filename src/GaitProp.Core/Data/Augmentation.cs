using GaitProp.Runtime;
using TorchSharp;
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
        var (height, width) = (images.shape[2], images.shape[3]);
        var wide = shift == 0 ? images : nn.functional.pad(images, [shift, shift, shift, shift], PaddingModes.Reflect);
        for (var i = 0; i < images.shape[0]; i++)
        {
            var change = Draw(epoch, place + i);
            if (shift == 0 && !change.IsMirrored)
            {
                continue;
            }

            using var one = NewDisposeScope();
            var part = wide[i].narrow(1, change.Down, height).narrow(2, change.Across, width);
            images[i].copy_(change.IsMirrored ? part.flip(2) : part);
        }
    }

    /// <summary>How an image is changed: where its part of the padded image begins, and whether that is mirrored.</summary>
    internal (bool IsMirrored, int Down, int Across) Draw(int epoch, long place)
    {
        var random = SplitMix64.For((ulong)seed, (ulong)SeedUse.Augmentation, (ulong)epoch, (ulong)place);
        var isMirrored = random.Below(2) == 1;
        return (mirror && isMirrored, random.Below((2 * shift) + 1), random.Below((2 * shift) + 1));
    }
}
