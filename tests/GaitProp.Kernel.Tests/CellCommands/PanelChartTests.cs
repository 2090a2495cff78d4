using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Kernel.CellCommands;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.CellCommands;

public sealed class PanelChartTests
{
    private static readonly PanelCurve[] Curves =
    [
        new("train", "#d9772b", [(0, 10), (1, 91.25)]),
        new("test", "#3b82c4", [(0, 10), (1, 88.5), (2, null)]),
        new("never", "#000000", [(0, null), (1, double.NaN)]),
    ];

    [Fact]
    public void A_picture_says_where_its_curves_end() =>
        Assert.Contains(
            "alt=\"accuracy (%) by epoch, last: train = 91.25, test = 88.5\"",
            PanelChart.Image("accuracy (%) by epoch", new AxisRange(0, 2), new AxisRange(0, 100), Curves),
            StringComparison.Ordinal
        );

    [Fact]
    public void The_words_of_a_picture_are_not_paler_than_their_grey()
    {
        var picture = PanelChart.Image("title", new AxisRange(0, 2), new AxisRange(0, 100), Curves);
        var svg = Encoding.UTF8.GetString(Convert.FromBase64String(Regex.Match(picture, "base64,([^\"]+)").Groups[1].Value));
        Assert.Contains("<text", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("fill-opacity", svg, StringComparison.Ordinal);
        Assert.Contains(
            "fill-opacity=\".75\"",
            PanelChart.Svg("title", new AxisRange(0, 2), new AxisRange(0, 100), Curves),
            StringComparison.Ordinal
        );
    }
}
