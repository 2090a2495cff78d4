using GaitProp.Kernel.Tables;
using GaitProp.Results;

namespace GaitProp.Kernel.Tests.Tables;

public sealed class QueryTableTests
{
    [Theory]
    [InlineData(123.4, "± 120")]
    [InlineData(9.96, "± 10")]
    [InlineData(0.01234, "± 0.012")]
    [InlineData(0, "± 0")]
    [InlineData(1234567, "± 1.2e6")]
    [InlineData(0.0000123, "± 1.2e-5")]
    public void An_interval_has_two_digits_written_as_other_numbers_are(double halfWidth, string text)
    {
        var table = QueryTable.Of(new RunQuery(["rule"], ["loss.last"], [new(["bp"], [], [new StudentInterval(1000, halfWidth)])]));

        Assert.Equal(text, table.Columns[^1].Quantity.Written(table.Rows[0].Cells[^1]));
    }
}
