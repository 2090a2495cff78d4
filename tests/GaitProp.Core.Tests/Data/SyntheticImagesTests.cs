using System.Security.Cryptography;
using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class SyntheticImagesTests
{
    /// <summary>
    /// A checksum of what the generator printed. It is no oracle of what the pictures should be; it pins that every machine and every
    /// version of .NET makes the same bytes. When the pictures are changed on purpose, raise SyntheticImages.Version with it.
    /// </summary>
    [Fact]
    public void The_default_set_is_the_same_bytes_on_every_machine()
    {
        var set = SyntheticImages.Generate();

        Assert.Equal(1, SyntheticImages.Version);
        Assert.Equal("ee6f5459fca7e1288d18f09fe39e7c4df26ed9d71f3bb32de00a4eaf3abf0c0c", Checksum(set));
    }

    [Fact]
    public void The_default_set_says_what_it_is()
    {
        var set = SyntheticImages.Default;

        Assert.True(set.IsEmbedded);
        Assert.Equal("embedded synthetic set", set.Name);
        Assert.Contains($"seed {SyntheticImages.DefaultSeed}", set.Source, StringComparison.Ordinal);
        Assert.Contains($"version {SyntheticImages.Version}", set.Source, StringComparison.Ordinal);
        Assert.Equal(10, set.ClassNames.Distinct().Count());
        foreach (var (split, count) in new[] { (set.Train, SyntheticImages.DefaultTrain), (set.Test, SyntheticImages.DefaultTest) })
        {
            Assert.Equal((count, 3, 32, 32), (split.Count, split.Channels, split.Height, split.Width));
        }
    }

    [Fact]
    public void A_smaller_set_is_the_beginning_of_a_larger_one()
    {
        var large = SyntheticImages.Generate(5, 500, 200);
        var small = SyntheticImages.Generate(5, 137, 41);

        AssertSame(large.Train.Take(137), small.Train);
        AssertSame(large.Test.Take(41), small.Test);
    }

    [Fact]
    public async Task One_thread_makes_the_same_set_as_many()
    {
        // Parallel.For runs on the current scheduler; the exclusive one gives it a single thread.
        var single = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var alone = await Task.Factory.StartNew(
            () => SyntheticImages.Generate(7, 300, 100),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.None,
            single
        );
        var together = SyntheticImages.Generate(7, 300, 100);

        AssertSame(alone.Train, together.Train);
        AssertSame(alone.Test, together.Test);
    }

    [Fact]
    public void Every_ten_images_hold_each_class_once_in_changing_order()
    {
        var set = SyntheticImages.Generate(3, 5000, 5000);

        foreach (var split in new[] { set.Train, set.Test })
        {
            var blocks = split.Labels.ToArray().Chunk(10).ToList();
            Assert.All(blocks, block => Assert.Equal(Enumerable.Range(0, 10), block.Order().Select(label => (int)label)));

            // Each class takes each place about every tenth time: 50 of 500 expected, with a deviation of less than 7.
            for (var place = 0; place < 10; place++)
            {
                var times = blocks.CountBy(block => block[place]).ToArray();
                Assert.Equal(10, times.Length);
                Assert.All(times, pair => Assert.InRange(pair.Value, 17, 83));
            }
        }
    }

    [Fact]
    public void An_incomplete_block_of_ten_repeats_no_class()
    {
        var set = SyntheticImages.Generate(3, 7, 13);

        Assert.Equal(7, set.Train.Labels.ToArray().Distinct().Count());
        Assert.Equal(3, set.Test.Labels.ToArray()[10..].Distinct().Count());
    }

    [Fact]
    public void Seeds_and_splits_share_no_image()
    {
        string[] images =
        [
            .. new[] { SyntheticImages.Generate(0, 200, 200), SyntheticImages.Generate(1, 200, 200), SyntheticImages.Generate(2, 200, 200) }
                .SelectMany(set => new[] { set.Train, set.Test })
                .SelectMany(split => split.Pixels.ToArray().Chunk(split.ValuesPerImage))
                .Select(image => Convert.ToHexString(SHA256.HashData(image))),
        ];

        Assert.Equal(images.Length, images.Distinct().Count());
    }

    [Fact]
    public void No_class_is_brighter_than_another_by_much()
    {
        var train = SyntheticImages.Default.Train;
        var pixels = train.Pixels.ToArray();
        var labels = train.Labels.ToArray();
        var means = Enumerable
            .Range(0, 10)
            .Select(label =>
                Enumerable
                    .Range(0, labels.Length)
                    .Where(i => labels[i] == label)
                    .Average(i => pixels.AsSpan(i * train.ValuesPerImage, train.ValuesPerImage).ToArray().Average(value => (double)value))
            )
            .ToList();

        Assert.InRange(means.Max() - means.Min(), 0, 20);
        Assert.All(means, mean => Assert.InRange(mean, 100, 155));
    }

    [Fact]
    public void An_empty_split_is_allowed_and_a_negative_or_enormous_one_is_not()
    {
        Assert.Equal(0, SyntheticImages.Generate(1, 10, 0).Test.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticImages.Generate(1, -1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticImages.Generate(1, 10, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticImages.Generate(1, int.MaxValue, 10));
    }

    /// <summary>A point that a shape covers, and one that it leaves free, in radii from the centre.</summary>
    [Theory]
    [InlineData("Disc", 0.6, 0.6, 0.75, 0.75)]
    [InlineData("Ring", 0.6, 0.6, 0, 0)]
    [InlineData("Square", 0.75, 0.75, 0, 0.95)]
    [InlineData("Frame", 0.75, 0.75, 0, 0)]
    [InlineData("Diamond", 0, 1, 0.75, 0.75)]
    [InlineData("Triangle", 0.8, 0.7, 0.4, -0.8)]
    [InlineData("Cross", 0, 0.9, 0.5, 0.5)]
    [InlineData("Saltire", 0.5, 0.5, 0, 0.9)]
    [InlineData("Bars", 0.8, 0, 0, 0.35)]
    [InlineData("Columns", 0, 0.8, 0.35, 0)]
    public void A_shape_covers_what_its_name_says(string name, double xInside, double yInside, double xOutside, double yOutside)
    {
        var shape = Enum.Parse<SyntheticShape>(name);

        Assert.True(SyntheticShapes.Depth(shape, xInside, yInside) > 0);
        Assert.True(SyntheticShapes.Depth(shape, xOutside, yOutside) < 0);
        Assert.Equal(name.ToLowerInvariant(), SyntheticImages.Generate(1, 0, 0).ClassNames[(int)shape]);
    }

    /// <summary>The generator against the sequence that implementations of SplitMix64 are commonly checked with.</summary>
    [Fact]
    public void The_random_numbers_are_those_of_SplitMix64()
    {
        var random = new SplitMix64(1234567);

        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            new[] { random.Next(), random.Next(), random.Next(), random.Next(), random.Next() }
        );
    }

    [Fact]
    public void The_order_of_a_key_counts() => Assert.NotEqual(SplitMix64.For(1, 2).Next(), SplitMix64.For(2, 1).Next());

    private static void AssertSame(ImageSplit expected, ImageSplit actual)
    {
        Assert.True(expected.Labels.Span.SequenceEqual(actual.Labels.Span));
        Assert.True(expected.Pixels.Span.SequenceEqual(actual.Pixels.Span));
    }

    private static string Checksum(ImageDataset set)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var split in new[] { set.Train, set.Test })
        {
            hash.AppendData(split.Pixels.Span);
            hash.AppendData(split.Labels.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
