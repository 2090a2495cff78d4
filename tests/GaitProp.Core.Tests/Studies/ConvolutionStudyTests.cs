using GaitProp.Data;
using GaitProp.Figures;
using GaitProp.Studies;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Studies;

public sealed class ConvolutionStudyTests
{
    [Fact]
    public void With_the_correction_the_picture_is_rebuilt_and_the_nudge_comes_down_as_in_backpropagation()
    {
        using var scope = Picture(out var picture);
        var table = new ConvolutionStudy().Measure(picture);

        Assert.InRange(table.Corrected.Error, 0, 1e-13);
        Assert.InRange(table.Corrected.Angle, 0, 1e-3);
        Assert.InRange(table.Corrected.Length, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void Without_it_each_pixel_is_as_many_times_too_bright_as_fields_overlap_there()
    {
        using var scope = Picture(out var picture);
        var table = new ConvolutionStudy().Measure(picture);

        Assert.True(table.Sum.allclose(table.Count * picture, 1e-9, 1e-9));
        Assert.Equal(9, table.Count.max().item<double>());
        Assert.True(table.Summed.Error > 1);
        Assert.InRange(table.Summed.Angle, 60, 120);
    }

    [Fact]
    public void Divided_by_the_count_the_picture_is_right_and_the_nudge_is_short_and_askew()
    {
        using var scope = Picture(out var picture);
        var table = new ConvolutionStudy().Measure(picture);

        Assert.InRange(table.Divided.Error, 0, 1e-13);

        // Kernel 5 and stride 2: 4, 6 or 9 fields inside; the nudge is divided by what it should not be.
        Assert.InRange(table.Divided.Length, 1.0 / 9, 1.0 / 4);
        Assert.InRange(table.Divided.Angle, 5, 45);
    }

    [Fact]
    public void Where_fields_do_not_overlap_all_ways_are_one()
    {
        using var scope = Picture(out var picture);
        var table = new ConvolutionStudy { Kernel = 3, Stride = 3 }.Measure(picture);

        Assert.All(table.Ways, way => Assert.InRange(way.Error, 0, 1e-13));
        Assert.All(table.Ways, way => Assert.InRange(way.Length, 1 - 1e-6, 1 + 1e-6));
    }

    [Fact]
    public void A_picture_without_three_channels_is_one_line()
    {
        using var scope = Picture(out var picture);

        Assert.Contains(
            "three channels",
            Assert.Throws<GaitPropException>(() => new ConvolutionStudy().Measure(picture[0])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_figure_holds_a_patch_six_pictures_and_their_numbers()
    {
        using var scope = Picture(out var picture);
        var (study, image) = (new ConvolutionStudy(), FigureImage.Of(picture));
        var table = study.Measure(picture);
        var figure = ConvolutionFigure.Of("fig2", "title", "caption", image, study, table);

        Assert.Equal(["A", "B", "C", "D", "E", "F", "G"], figure.Panels.Select(p => p.Letter));
        Assert.NotNull(figure.Panels[0].Drawing);
        Assert.InRange(figure.Panels[0].Series[0].Y[0], 0, 1e-12);
        Assert.All(figure.Panels.Skip(1), p => Assert.Equal((24, 24), (p.Image!.Width, p.Image.Height)));
        Assert.True(image.Pixels.Span.SequenceEqual(figure.Panels[4].Image!.Pixels.Span));
        Assert.Equal(table.Divided.Angle, figure.Panels[6].Series[0].Y[0]);
    }

    /// <summary>A logo or a photo of the night: what stands in the middle is rebuilt as it is, and of nothing at all there is nothing to show.</summary>
    [Fact]
    public void A_picture_may_be_black_in_the_middle_and_not_everywhere()
    {
        using var scope = Picture(out var picture);
        var dark = picture.clone();
        dark.narrow(1, 6, 12).narrow(2, 6, 12).zero_();

        var table = new ConvolutionStudy().Measure(dark);

        Assert.Equal(0, table.Patch!.Error);
        Assert.InRange(table.Corrected.Error, 0, 1e-13);
        Assert.StartsWith(
            "a picture without any light has no activations to invert",
            Assert.Throws<GaitPropException>(() => new ConvolutionStudy().Measure(zeros_like(picture))).Message,
            StringComparison.Ordinal
        );
    }

    private static DisposeScope Picture(out Tensor picture)
    {
        LibTorch.Load();
        var scope = NewDisposeScope();
        picture = new FigureImage(24, 24, Landscape.Draw(24)).ToTensor();
        return scope;
    }
}
