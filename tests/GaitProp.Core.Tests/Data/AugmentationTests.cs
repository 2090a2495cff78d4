using CsCheck;
using GaitProp.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

public sealed class AugmentationTests
{
    [Fact]
    public void Without_changes_the_images_stay_as_they_are()
    {
        using var images = Numbers.Normal(1, 2, 3, 4, 5);
        using var before = images.clone();

        new Augmentation(seed: 1, mirror: false, shift: 0).Change_(images, epoch: 1, place: 0);

        Numbers.AssertEqual(before, images);
    }

    /// <summary>Pixel by pixel: 1-3 images of 1-3 channels and 2-7 pixels a side, shifted by less than a side.</summary>
    [Fact]
    public void A_changed_pixel_is_the_one_that_the_draw_says_reflected_at_the_borders() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[2, 7], Gen.Int[2, 7], Gen.Bool, Gen.Int[0, 6], Gen.Int[0, 9999])
            .Sample(
                (batch, channels, height, width, mirror, limit, seed) =>
                {
                    using var scope = NewDisposeScope();
                    var shift = Math.Min(limit, Math.Min(height, width) - 1);
                    var augmentation = new Augmentation(seed, mirror, shift);
                    var images = Numbers.Normal(seed, batch, channels, height, width);
                    var before = images.clone();

                    augmentation.Change_(images, epoch: 3, place: 40);

                    for (var i = 0; i < batch; i++)
                    {
                        var draw = augmentation.Draw(3, 40 + i);
                        for (var y = 0; y < height; y++)
                        {
                            for (var x = 0; x < width; x++)
                            {
                                var across = draw.IsMirrored ? width - 1 - x : x;
                                var from = before[i]
                                    .select(1, Reflected(y + draw.Down - shift, height))
                                    .select(1, Reflected(across + draw.Across - shift, width));
                                Numbers.AssertEqual(from, images[i].select(1, y).select(1, x));
                            }
                        }
                    }
                },
                iter: 60,
                threads: 1
            );

    /// <summary>
    /// Bit by bit, at every shift that such images can have: a run that was begun by the literal form goes on as it would have.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_is_changed_as_its_images_are_one_by_one(bool mirror)
    {
        for (var shift = 0; shift <= 5; shift++)
        {
            using var scope = NewDisposeScope();
            var augmentation = new Augmentation(seed: 11, mirror, shift);
            var images = Numbers.Normal(shift, 24, 3, 8, 6).to(ScalarType.Float32);
            var expected = images.clone();
            Literal_(augmentation, expected, shift, epoch: 2, place: 70);

            augmentation.Change_(images, epoch: 2, place: 70);

            Assert.Equal(expected.bytes.ToArray(), images.bytes.ToArray());
        }
    }

    /// <summary>
    /// Of 10,000 images half are mirrored, and each of seven offsets has a seventh, each within five standard deviations; the next epoch,
    /// another seed and another place draw others.
    /// </summary>
    [Fact]
    public void Every_change_is_equally_likely_and_drawn_anew()
    {
        const int images = 10_000;
        var augmentation = new Augmentation(seed: 1, mirror: true, shift: 3);
        var draws = Enumerable.Range(0, images).Select(i => augmentation.Draw(1, i)).ToArray();

        Likely(draws.Count(d => d.IsMirrored), 0.5);
        for (var offset = 0; offset <= 6; offset++)
        {
            Likely(draws.Count(d => d.Down == offset), 1 / 7.0);
            Likely(draws.Count(d => d.Across == offset), 1 / 7.0);
            Likely(draws.Count(d => d.Across == offset && d.IsMirrored), 1 / 14.0);
            Likely(draws.Count(d => d.Across == offset && d.Down == offset), 1 / 49.0);
        }

        // Chance makes two draws the same in one case of 98.
        Likely(draws.Index().Count(d => augmentation.Draw(2, d.Index) == d.Item), 1 / 98.0);
        Likely(draws.Index().Count(d => augmentation.Draw(1, d.Index + 1) == d.Item), 1 / 98.0);
        Likely(draws.Index().Count(d => new Augmentation(2, mirror: true, shift: 3).Draw(1, d.Index) == d.Item), 1 / 98.0);

        static void Likely(int count, double share) =>
            Assert.InRange(count - (images * share), -5 * Math.Sqrt(images * share), 5 * Math.Sqrt(images * share));
    }

    [Fact]
    public void An_image_is_changed_alike_in_whatever_batch_it_comes()
    {
        using var scope = NewDisposeScope();
        var augmentation = new Augmentation(seed: 5, mirror: true, shift: 2);
        var images = Numbers.Normal(5, 8, 3, 6, 6);
        var part = images.narrow(0, 3, 4).clone();

        augmentation.Change_(images, epoch: 2, place: 100);
        augmentation.Change_(part, epoch: 2, place: 103);

        Numbers.AssertEqual(images.narrow(0, 3, 4), part);
    }

    /// <summary>The literal form: each image is cut out of its padded self, and flipped.</summary>
    private static void Literal_(Augmentation augmentation, Tensor images, int shift, int epoch, long place)
    {
        using var scope = NewDisposeScope();
        var wide = shift == 0 ? images : nn.functional.pad(images, [shift, shift, shift, shift], PaddingModes.Reflect);
        for (var i = 0; i < images.shape[0]; i++)
        {
            var (isMirrored, down, across) = augmentation.Draw(epoch, place + i);
            var part = wide[i].narrow(1, down, images.shape[2]).narrow(2, across, images.shape[3]).clone();
            images[i].copy_(isMirrored ? part.flip(2) : part);
        }
    }

    private static int Reflected(int at, int size) =>
        at < 0 ? -at
        : at >= size ? (2 * (size - 1)) - at
        : at;
}
