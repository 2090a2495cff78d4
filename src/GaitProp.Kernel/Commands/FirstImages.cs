using GaitProp.Data;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary>The batch that measurements without training are made on: the first images of a split.</summary>
internal static class FirstImages
{
    /// <summary>
    /// The images as a network sees them, normalised as their set says, float64, and their labels; tensors of the caller's dispose scope.
    /// </summary>
    /// <param name="split">Where from.</param>
    /// <param name="device">Where to.</param>
    /// <param name="count">How many at the most.</param>
    public static (torch.Tensor Images, torch.Tensor Labels) Of(ImageSplit split, torch.Device device, int count)
    {
        using var images = TrainingImages.Of(split.Take(count), torch.ScalarType.Float64, device);
        var (pixels, labels) = images.Range(0, images.Count);
        return (pixels, labels.clone());
    }
}
