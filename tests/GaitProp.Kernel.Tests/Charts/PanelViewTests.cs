using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class PanelViewTests
{
    [Theory]
    [InlineData(PanelKind.Lines)]
    [InlineData(PanelKind.Points)]
    [InlineData(PanelKind.Scatter)]
    public void Both_axes_go_as_far_as_they_say_and_further_only_where_a_value_is(PanelKind kind)
    {
        var (whole, upper) = (View(kind, -5, 50), View(kind, null, 50));

        // A margin of a tenth at the most.
        Assert.All([whole.X.Min, whole.Y.Min], end => Assert.InRange(end, -10.5, -5));
        Assert.All([whole.X.Max, whole.Y.Max, upper.X.Max, upper.Y.Max], end => Assert.InRange(end, 50, 55.5));
        Assert.All([upper.X.Min, upper.Y.Min], end => Assert.InRange(end, -5, 11));

        // A value that lies further out decides.
        Assert.Equal(View(kind, null, null).X, View(kind, 10.25, 10.5).X);
        Assert.Equal(View(kind, null, null).Y, View(kind, 10.25, 10.5).Y);
    }

    [Theory]
    [InlineData(PanelKind.Lines)]
    [InlineData(PanelKind.Scatter)]
    public void An_empty_panel_has_ends_of_its_own(PanelKind kind)
    {
        var empty = View(kind, 10, 20, double.NaN);

        Assert.Equal((new AxisRange(0, 1), new AxisRange(0, 1)), (empty.X, empty.Y));
    }

    private static PanelView View(PanelKind kind, double? from, double? to, double value = 11) =>
        new(new Panel("A", "t", Axis("x", from, to), Axis("y", from, to), [Series(value)], kind));

    private static Axis Axis(string label, double? from, double? to) => new(label) { From = from, To = to };

    private static Series Series(double value) => new("bp", "BP", [10, value], [value - 1, value]);
}
