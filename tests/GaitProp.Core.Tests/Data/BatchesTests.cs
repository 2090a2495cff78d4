using GaitProp.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

/// <summary>Batches of tensors for whoever writes a loop of their own.</summary>
[Collection(Alone.Name)]
public sealed class BatchesTests
{
    private static readonly ImageSplit Split = SyntheticImages.Generate(train: 50, test: 1).Train;

    [Fact]
    public void All_images_become_one_tensor_and_their_classes_another()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Split.ToTensor(ScalarType.Float64);

        Assert.Equal([50, 3, 32, 32], images.shape);
        Assert.All(
            Split.Pixels.ToArray().Zip(images.data<double>().ToArray()),
            value => Assert.Equal(((value.First / 255.0) - 0.5) / 0.25, value.Second, 1e-12)
        );
        Assert.Equal(Split.Labels.ToArray().Select(l => (long)l), labels.data<long>().ToArray());
    }

    [Fact]
    public void An_element_type_that_is_not_possible_is_one_line()
    {
        Cifar10Tests.AssertError(() => Split.ToTensor(ScalarType.Byte), "images as byte are not possible: take a floating-point type");
        Cifar10Tests.AssertError(() => Split.Batches(32, dtype: ScalarType.Int64), "images as int64 are not possible: take a floating");
    }

    [Fact]
    public void Without_a_seed_they_are_the_images_in_their_order()
    {
        var (sizes, labels) = (new List<long>(), new List<long>());
        foreach (var (images, classes) in Split.Batches(20))
        {
            Assert.Equal([images.shape[0], 3, 32, 32], images.shape);
            Assert.Equal((ScalarType.Float32, ScalarType.Int64), (images.dtype, classes.dtype));
            Assert.Equal(((Split.Image(labels.Count)[5] / 255f) - 0.5f) / 0.25f, images.data<float>().ToArray()[5]);
            sizes.Add(classes.shape[0]);
            labels.AddRange(classes.data<long>());
        }

        Assert.Equal([20, 20, 10], sizes);
        Assert.Equal(Split.Labels.ToArray().Select(l => (long)l), labels);
    }

    [Fact]
    public void A_seed_fixes_the_order_and_an_epoch_has_its_own()
    {
        var (first, again, other, second) = (
            Pixels(Split.Batches(16, 3)),
            Pixels(Split.Batches(7, 3)),
            Pixels(Split.Batches(16, 4)),
            Pixels(Split.Batches(16, 3, epoch: 2))
        );

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.NotEqual(first, second);
        Assert.Equal(first.Order(), Pixels(Split.Batches(50)).Order());
    }

    /// <summary>What a run of that seed sees first.</summary>
    [Fact]
    public void The_order_is_that_of_a_run()
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(Split, ScalarType.Float64, CPU);
        using var order = images.Ordered(9);
        var expected = images.Batch(order, 1, 0, 24).Images;

        var (seen, _) = Split.Batches(24, 9, dtype: ScalarType.Float64).Select(b => (b.Images.clone(), b.Labels.clone())).First();

        Assert.True(expected.equal(seen).all().item<bool>());
    }

    [Fact]
    public void With_a_buffer_the_order_is_that_of_a_run_with_it()
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(Split, ScalarType.Float32, CPU);
        using var order = images.Ordered(9, buffer: 5);
        var expected = images.Batch(order, 2, 0, 50).Labels;

        var labels = Split.Batches(50, 9, epoch: 2, shuffleBuffer: 5).Select(b => b.Labels.clone()).Single();

        Numbers.AssertEqual(expected, labels);
        Assert.NotEqual(Pixels(Split.Batches(50, 9, epoch: 2)), Pixels(Split.Batches(50, 9, epoch: 2, shuffleBuffer: 5)));
        Cifar10Tests.AssertError(() => Split.Batches(50, 9, shuffleBuffer: 0), "shuffleBuffer 0 is not possible: it must be 1 or more.");
        Cifar10Tests.AssertError(() => Split.Batches(50, shuffleBuffer: 5), "a shuffleBuffer without a seed is not possible");
    }

    [Fact]
    public void A_batch_lives_until_the_next_one_and_nothing_is_left()
    {
        LibTorch.Load();
        foreach (var _ in Split.Batches(10, 1)) { }

        // What other tests left to the garbage collector must not go in the middle of this one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        Tensor? last = null,
            mine = null;
        foreach (var (images, labels) in Split.Batches(10, 1))
        {
            Assert.True(last is null || last.IsInvalid);
            mine?.Dispose();
            (last, mine) = (images, images.sum());
            Assert.False(labels.IsInvalid);
        }

        Assert.True(last!.IsInvalid);
        Assert.False(mine!.IsInvalid);
        mine.Dispose();
        foreach (var (images, _) in Split.Batches(10))
        {
            last = images;
            break;
        }

        Assert.True(last.IsInvalid);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_scope_of_the_users_keeps_what_the_loop_makes()
    {
        using var scope = NewDisposeScope();
        var sums = Split.Batches(25).Select(b => b.Images.sum()).ToArray();

        Assert.All(sums, s => Assert.False(s.IsInvalid));
    }

    [Fact]
    public void Sizes_and_epochs_below_one_are_refused_at_once()
    {
        Cifar10Tests.AssertError(() => Split.Batches(0), "batches of 0 images are not possible");
        Cifar10Tests.AssertError(() => Split.Batches(1, 1, epoch: 0), "epoch 0 is not possible");
        Assert.Empty(Split.Take(0).Batches(5, 1));
    }

    private static float[] Pixels(IEnumerable<(Tensor Images, Tensor Labels)> batches) =>
        [.. batches.SelectMany(b => b.Images.view(b.Images.shape[0], -1).sum(1).data<float>().ToArray())];
}
