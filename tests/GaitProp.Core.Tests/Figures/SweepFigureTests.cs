using GaitProp.Figures;
using GaitProp.Studies;

namespace GaitProp.Tests.Figures;

/// <summary>Angles over the values of a parameter.</summary>
public sealed class SweepFigureTests
{
    [Fact]
    public void Values_are_drawn_in_their_order_and_the_caption_tells_what_is_at_zero_which_has_no_place()
    {
        var table = new SweepTable(
            SweepParameter.Defect,
            [0.01, 0, 1],
            [new("gait", "GAIT", [10, 1e-5, null], [20, 2e-5, 90]), new("ngait", "normalised GAIT", [1, null, 0.1], [1, null, 0.1])]
        );

        var figure = SweepFigure.Of("angles", "title", "caption", table);

        Assert.All(figure.Panels.SelectMany(p => p.Series), s => Assert.Equal([0.01, 1], s.X));
        Assert.All(figure.Panels, p => Assert.True(p.X.IsLogarithmic && p.Y.IsLogarithmic));
        Assert.All(figure.Panels, p => Assert.Equal((0.1, 90.0), (p.Y.From!.Value, p.Y.To!.Value)));
        Assert.Equal([10, double.NaN], figure.Panels[0].Series[0].Y);
        Assert.Equal([20.0, 90], figure.Panels[1].Series[0].Y);
        Assert.Equal(
            "Defect 0 has no place on the axis; there the mean is GAIT 1e-5 degrees, normalised GAIT undefined. ",
            SweepFigure.AtZero(table)
        );
    }

    [Fact]
    public void Depths_are_drawn_from_the_least()
    {
        var table = new SweepTable(SweepParameter.Depth, [12, 3, 6], [new("ngait", "normalised GAIT", [100, 1, 10], [100, 1, 10])]);

        var panel = SweepFigure.Of("angles", "title", "caption", table).Panels[0];
        var series = panel.Series[0];

        Assert.Equal(("hidden layers", true), (panel.X.Label, panel.X.IsLogarithmic));
        Assert.Equal([3.0, 6, 12], series.X);
        Assert.Equal([1.0, 10, 100], series.Y);
        Assert.Equal("", SweepFigure.AtZero(table));
    }
}
