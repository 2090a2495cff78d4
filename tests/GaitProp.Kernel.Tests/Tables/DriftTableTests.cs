using GaitProp.Kernel.Tables;
using GaitProp.Studies;

namespace GaitProp.Kernel.Tests.Tables;

public sealed class DriftTableTests
{
    /// <summary>A narrow table stands in parts: a column is then away from its curve's other one.</summary>
    [Fact]
    public void Of_several_curves_every_column_names_its_own()
    {
        Assert.Equal(["step", "a: angle", "defect"], Headings("a"));
        Assert.Equal(["step", "a: angle", "a: defect", "b: angle", "b: defect"], Headings("a", "b"));
    }

    private static IEnumerable<string> Headings(params string[] labels) =>
        DriftTable.Of([.. labels.Select(l => (l, new DriftCurve([0, 4], [0.5, null], [1e-6, 2e-6])))]).Columns.Select(c => c.Name);
}
