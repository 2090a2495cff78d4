using GaitProp.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

public sealed class ShardTurnsTests
{
    private static readonly int[] Shards = [100, 0, 50, 100, 73];

    [Fact]
    public void Every_shard_is_read_once_and_in_turn_before_an_image_of_it_is_taken_and_no_more_than_one_ahead()
    {
        LibTorch.Load();
        using var generator = new Generator(7, CPU);
        var order = ShuffleBuffer.Order(Shards, 323, generator, capacity: 20);
        var turns = new ShardTurns(Shards, order);

        var read = new List<int>();
        var taken = new HashSet<int>();
        for (var place = 0; place < order.Length; place++)
        {
            read.AddRange(turns.Due(place));
            taken.Add(ShardOf(order[place]));
            Assert.Subset(read.ToHashSet(), taken);
            Assert.InRange(read.Count - taken.Count, 0, 1);
        }

        Assert.Equal([0, 2, 3, 4], read.Order());
        Assert.Equal(order.Select(ShardOf).Distinct(), read);
    }

    [Fact]
    public void Who_begins_in_the_middle_reads_nothing_that_is_past()
    {
        long[] order = [.. Enumerable.Range(0, 323).Select(i => (long)i)];

        Assert.Equal([3, 4], new ShardTurns(Shards, order).Due(160));
        Assert.Equal([2, 3], new ShardTurns(Shards, order).Due(149));
        Assert.Equal([4], new ShardTurns(Shards, order).Due(322));
    }

    [Fact]
    public void Of_a_part_of_the_images_only_their_shards_are_read()
    {
        var turns = new ShardTurns(Shards, [3, 120, 5, 101]);

        Assert.Equal([0, 2], turns.Due(0));
        Assert.Empty(turns.Due(3));
    }

    private static int ShardOf(long image) =>
        image < 100 ? 0
        : image < 150 ? 2
        : image < 250 ? 3
        : 4;
}
