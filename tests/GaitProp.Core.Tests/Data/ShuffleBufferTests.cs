using GaitProp.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

/// <summary>Images that lie in a row, shuffled through a buffer: what goes out must have come in.</summary>
public sealed class ShuffleBufferTests
{
    private const int Images = 5000;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(Images)]
    [InlineData(10 * Images)]
    public void Every_image_comes_once_and_none_before_it_has_come_into_the_buffer(int capacity)
    {
        var order = Order(capacity, seed: 1);

        Assert.Equal(Enumerable.Range(0, Images).Select(i => (long)i), order.Order());
        Assert.All(order.Index(), image => Assert.InRange(image.Item, 0, image.Index + (long)capacity - 1));
    }

    [Fact]
    public void A_buffer_of_one_keeps_the_order() => Assert.Equal(Enumerable.Range(0, Images).Select(i => (long)i), Order(1, seed: 1));

    /// <summary>
    /// An image waits a geometrically distributed while: in the mean as many places as the buffer holds, so that it moves less than twice
    /// that in most cases.
    /// </summary>
    [Fact]
    public void An_image_moves_about_as_far_as_the_buffer_is_long()
    {
        var waits = Order(100, seed: 2)
            .Index()
            .Where(i => i.Item is > 100 and < Images - 1000)
            .Select(i => i.Index - i.Item + 99.0)
            .ToArray();

        // Mean of a geometric distribution with chance 1/100, less the place itself; its standard deviation is as large, so 3 of its errors
        // are 100 * 3 / sqrt(3900).
        Assert.InRange(waits.Average(), 99 - 5, 99 + 5);
        Assert.InRange(waits.Count(w => w < 200) / (double)waits.Length, 0.82, 0.91);
    }

    [Fact]
    public void One_seed_gives_one_order_and_another_seed_another()
    {
        Assert.Equal(Order(1000, seed: 3), Order(1000, seed: 3));
        Assert.NotEqual(Order(1000, seed: 3), Order(1000, seed: 4));
    }

    private static long[] Order(int capacity, ulong seed)
    {
        using var generator = new Generator(seed, CPU);
        return ShuffleBuffer.Order([Images], Images, generator, capacity);
    }
}
