using GaitProp.Ranks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Ranks;

public sealed class RankGroupTests
{
    public RankGroupTests() => LibTorch.Load();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Sums_are_the_same_on_all_ranks(int count)
    {
        var sums = ThreadRanks.Run(
            count,
            ranks =>
            {
                using var scope = NewDisposeScope();
                var values = full([2, 3], 1.0 + ranks.Rank, ScalarType.Float64);
                ranks.Sum_(values);
                double[] numbers = [ranks.Rank, 1];
                ranks.Sum_(numbers);
                return (double[])[.. values.data<double>(), .. numbers];
            }
        );

        var total = count * (count + 1) / 2;
        Assert.All(sums, sum => Assert.Equal([.. Enumerable.Repeat((double)total, 6), total - count, count], sum));
    }

    [Fact]
    public void What_one_decides_all_do() =>
        Assert.Equal([true, true, true, true], ThreadRanks.Run(4, ranks => ranks.Any(ranks.Rank == 2)));

    [Fact]
    public void What_nobody_wants_nobody_does() => Assert.Equal([false, false], ThreadRanks.Run(2, ranks => ranks.Any(false)));

    [Fact]
    public void Everybody_hears_what_everybody_says_in_the_order_of_ranks() =>
        Assert.All(ThreadRanks.Run(3, ranks => ranks.Gather(new string('é', ranks.Rank))), said => Assert.Equal(["", "é", "éé"], said));

    [Fact]
    public void A_tensor_comes_from_the_first_rank_to_the_last_bit()
    {
        foreach (
            var sent in ThreadRanks.Run(
                3,
                ranks =>
                {
                    using var scope = NewDisposeScope();
                    var values = tensor(ranks.IsFirst ? new[] { -0.0, double.NaN, Math.PI } : [1, 2, 3]);
                    ranks.Send_(values);
                    return values.data<double>().Select(BitConverter.DoubleToInt64Bits).ToArray();
                }
            )
        )
        {
            Assert.Equal(new[] { -0.0, double.NaN, Math.PI }.Select(BitConverter.DoubleToInt64Bits), sent);
        }
    }

    [Fact]
    public void An_error_of_one_rank_is_everybodys_with_its_name()
    {
        var errors = ThreadRanks.Run(
            3,
            ranks =>
                Assert
                    .Throws<GaitPropException>(() =>
                        ranks.Together(() => ranks.Rank == 1 ? throw new GaitPropException("there are no images.") : 1)
                    )
                    .Message
        );

        Assert.Equal(Enumerable.Repeat("rank 1: there are no images.", 3), errors);
    }

    /// <summary>Ctrl-C reaches one while it checks its photos; the others are at the next question already.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_is_stopped_stops_all_and_an_error_comes_first(bool fails)
    {
        var errors = ThreadRanks.Run(
            3,
            ranks =>
                Record
                    .Exception(() =>
                        ranks.Together(() =>
                            ranks.Rank switch
                            {
                                1 => throw new OperationCanceledException(),
                                2 when fails => throw new GaitPropException("there are no images."),
                                _ => 1,
                            }
                        )
                    )!
                    .GetType()
        );

        Assert.Equal(Enumerable.Repeat(fails ? typeof(GaitPropException) : typeof(OperationCanceledException), 3), errors);
    }

    [Fact]
    public void An_error_of_all_is_said_as_by_one()
    {
        var errors = ThreadRanks.Run(
            2,
            ranks => Assert.Throws<GaitPropException>(() => ranks.Together<int>(() => throw new GaitPropException("no."))).Message
        );

        Assert.Equal(["no.", "no."], errors);
    }

    [Fact]
    public void Where_one_fails_what_the_others_made_is_given_back()
    {
        var made = ThreadRanks.Run(
            2,
            ranks =>
            {
                var stream = new MemoryStream();
                Assert.Throws<GaitPropException>(() => ranks.Together(() => ranks.Rank == 0 ? throw new GaitPropException("no.") : stream));
                return stream.CanRead;
            }
        );

        Assert.Equal([true, false], made);
    }

    [Theory]
    [InlineData(256, 4)]
    [InlineData(13, 5)]
    [InlineData(7, 7)]
    [InlineData(1, 3)]
    public void Shares_follow_each_other_and_differ_by_one_sample_at_the_most(int whole, int count)
    {
        var shares = ThreadRanks.Run(count, ranks => BatchShare.Of(ranks, whole));

        Assert.Equal(
            Enumerable.Range(0, whole).Select(i => (long)i),
            shares.SelectMany(s => Enumerable.Range(0, (int)s.Length).Select(i => s.First + i))
        );
        Assert.InRange(shares.Max(s => s.Length) - shares.Min(s => s.Length), 0, 1);

        // Also a rank without a sample has one to compute, of the batch.
        Assert.All(shares, s => Assert.InRange(s.From, 0, whole - s.Computed));
    }

    [Fact]
    public void A_rank_without_a_sample_adds_nothing_whatever_it_computed()
    {
        var sums = ThreadRanks.Run(
            3,
            ranks =>
            {
                using var scope = NewDisposeScope();
                var share = BatchShare.Of(ranks, 1);
                return share.Sum_(tensor(share.IsEmpty ? double.NaN : 5.0)).item<double>();
            }
        );

        Assert.Equal([5, 5, 5], sums);
    }

    [Fact]
    public void Outside_of_a_step_and_in_what_is_no_part_of_a_batch_points_are_nobody_elses()
    {
        Assert.All(
            ThreadRanks.Run(
                2,
                ranks =>
                {
                    using var used = BatchShare.Of(ranks, 9).Use();
                    var within = BatchShare.At(2 * BatchShare.Current!.Length);
                    using var none = BatchShare.None();
                    return (Within: within, None: BatchShare.At(4), ranks.Rank);
                }
            ),
            said =>
            {
                Assert.Equal((18L, said.Rank == 0 ? 0 : 8L), (said.Within.Whole, said.Within.First));
                Assert.Equal((4L, 0L, true), (said.None.Whole, said.None.First, said.None.Ranks.IsAlone));
            }
        );
        Assert.Null(BatchShare.Current);
    }
}
