using GaitProp.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

/// <summary>Parts of the images, and what they come to.</summary>
public sealed class ImageSplitTests
{
    /// <summary>Else the part has few classes, and what it is measured on or trained with says nothing.</summary>
    [Theory]
    [InlineData(4, null, 0, "trainImages 4 is not possible: the training images of stripes are in order of class")]
    [InlineData(null, 4, 0, "testImages 4 is not possible: the test images of stripes are in order of class")]
    [InlineData(6, null, 2, "validationImages 2 is not possible: the training images of stripes are in order of class")]
    [InlineData(6, 7, 0, null)]
    [InlineData(null, null, 0, null)]
    public void No_training_begins_with_a_part_of_images_in_order_of_class(int? train, int? test, int validation, string? expected)
    {
        var refusal = Of([0, 0, 1, 1, 2, 2]).Disorder(train, test, validation);

        Assert.Equal(expected, refusal?[..expected!.Length]);
    }

    /// <summary>Shuffled images, those of one class, and those of a class each.</summary>
    [Theory]
    [InlineData(new byte[] { 0, 1, 0, 1 })]
    [InlineData(new byte[] { 0, 0, 2, 1 })]
    [InlineData(new byte[] { 1, 1, 1, 1 })]
    [InlineData(new byte[] { 0, 1, 2 })]
    public void Of_others_a_part_is_taken(byte[] labels) => Assert.Null(Of(labels).Disorder(2, 1, 1));

    [Fact]
    public void A_training_refuses_them_before_it_writes_anything_and_a_look_at_them_does_not()
    {
        var data = Of([0, 0, 1, 1, 2, 2]);
        using var folder = new ScratchFolder();
        using var trainer = new Trainer(SavedWeightsTests.Small("bp") with { Network = "dense 4, dense 3", TrainImages = 4 }, data);

        Cifar10Tests.AssertError(
            () => trainer.Run(folder.Path, cancellation: TestContext.Current.CancellationToken),
            "trainImages 4 is not possible: the training images of stripes are in order of class"
        );
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal(4, data.Cut(4, null).Train.Count);
    }

    [Fact]
    public void A_tensor_may_take_half_of_the_devices_memory()
    {
        Assert.Null(ImageSplit.TooLarge(10, bytes: 4e9, memory: 8e9, CPU));
        Assert.Matches("^10 images as one tensor need 4.1 GB, more than half of the 8 GB of main memory: ", Refusal(CPU));
        Assert.Matches("^10 images as one tensor need 4.1 GB, more than half of the 8 GB of cuda:1: ", Refusal(new(DeviceType.CUDA, 1)));

        static string Refusal(Device device) => ImageSplit.TooLarge(10, bytes: 4.1e9, memory: 8e9, device)!;
    }

    private static ImageDataset Of(byte[] labels)
    {
        var split = new ImageSplit(new byte[labels.Length], labels, 1, 1, 1);
        return new ImageDataset("stripes", "here", ["a", "b", "c"], split, split, isEmbedded: false);
    }
}
