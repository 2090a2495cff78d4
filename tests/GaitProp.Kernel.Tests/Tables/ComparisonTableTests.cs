using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Tests.Formatters;

namespace GaitProp.Kernel.Tests.Tables;

public sealed class ComparisonTableTests
{
    [Fact]
    public void Cost_beside_BP_is_given_from_200_steps_on()
    {
        // An epoch has 196 steps.
        var enough = ComparisonTable.Of([Samples.Run("bp", 2), Samples.Run("fa", 2)]);
        Assert.Equal("× BP", enough.Columns[^1].Name);
        Assert.Equal((double?[])[1.0, 1.0], enough.Rows.Select(r => (double?)r.Cells[^1]));
        Assert.Empty(enough.Notes);

        var some = ComparisonTable.Of([Samples.Run("bp", 2), Samples.Run("ngait", 1)]);
        Assert.Equal((double?[])[1.0, null], some.Rows.Select(r => (double?)r.Cells[^1]));
        Assert.Equal(["Cost is given from 200 steps on."], some.Notes);

        var none = ComparisonTable.Of([Samples.Run("bp", 1), Samples.Run("ngait", 2)]);
        Assert.Equal((double?[])[null, null], none.Rows.Select(r => (double?)r.Cells[^1]));
        Assert.All(none.Rows, r => Assert.NotNull(r.Cells[^2]));
        Assert.Equal(["Cost is given from 200 steps on."], none.Notes);
    }
}
