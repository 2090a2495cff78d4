using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Tests.Outputs;

public sealed class TextBudgetTests
{
    [Fact]
    public void Where_it_begins_anew_nothing_is_cut_and_all_of_it_is_free()
    {
        var budget = new TextBudget(4);
        Assert.Equal("abcd", budget.Take("abcdef"));
        Assert.False(budget.Fits(1));
        budget.Add(3);
        Assert.Equal(6, budget.Cut);

        budget.Clear();
        Assert.Equal(0, budget.Cut);
        Assert.Equal("gh", budget.Take("gh"));
        Assert.True(budget.Fits(2));
        Assert.Equal(0, budget.Cut);
    }
}
