using GaitProp.Data;
using GaitProp.Runtime;
using GaitProp.Tests.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

/// <summary>Photos of three classes in shards of four: 21 to train on, six to test on.</summary>
public sealed class ShardImagesTests(ShardTrainingTests.Prepared prepared) : IClassFixture<ShardTrainingTests.Prepared>
{
    [Fact]
    public void A_part_that_is_held_out_is_taken_from_where_it_lies()
    {
        var held = Photos(prepared.Shards).Train.HeldOut(8).HeldOut!;
        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(held, ScalarType.Float64, CPU);
        using var order = images.Ordered(seed: 1);
        var (all, classes) = images.Range(0, 8);

        foreach (var start in (long[])[0, 4])
        {
            var (batch, labels) = images.Batch(order, 1, start, 4);

            var places = order.Batch(1, start, 4);
            Numbers.AssertEqual(all.index_select(0, places), batch);
            Numbers.AssertEqual(classes.index_select(0, places), labels);
        }
    }

    [Fact]
    public void Of_a_part_that_is_held_out_the_shards_that_hold_it_are_compared_and_no_others()
    {
        using var scratch = new ScratchFolder();
        var shards = scratch.Make("shards");
        foreach (var file in Directory.GetFiles(prepared.Shards))
        {
            File.Copy(file, Path.Combine(shards, Path.GetFileName(file)));
        }

        var first = Path.Combine(shards, "train-00000.npy");
        var bytes = File.ReadAllBytes(first);
        bytes[^1] ^= 1;
        File.WriteAllBytes(first, bytes);
        var photos = Photos(shards);
        var (kept, held) = photos.Train.HeldOut(8);

        Check(held!);
        Cifar10Tests.AssertError(() => Check(kept), "train-00000.npy is not what was prepared");

        void Check(ImageSplit part)
        {
            using var check = ContentCheck.Begin(photos.With(part, photos.Test), scratch["cache"])!;
            check.Wait(_ => { }, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void They_are_read_where_the_CPU_stands_for_a_device()
    {
        var split = Photos(prepared.Shards).Test;
        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(split, ScalarType.Float32, CPU);
        using var device = HostRead.AsOnDevice();

        var (pixels, labels) = images.Range(0, split.Count);

        Assert.Equal([split.Count, 3, 16, 16], pixels.shape);
        Assert.Equal(Enumerable.Range(0, split.Count).Select(i => (long)split.Label(i)), labels.data<long>().ToArray());
    }

    private static ImageDataset Photos(string shards) => DataSets.Of("imagenet", shards).Data;
}
