using GaitProp.Figures;

namespace GaitProp.Tests.Figures;

/// <summary>Which of several lengths of one setting is drawn, and stands in the tables.</summary>
public sealed class StandingTests
{
    public static TheoryData<string, int> Cases =>
        new()
        {
            { "whole 1 200, whole 1 30", 200 },
            { "whole 1 200, stopped 1 201", 200 },
            { "whole 1 200, stopped 1 299", 200 },
            { "whole 1 200, stopped 1 300", 300 },
            { "whole 3 30, whole 1 40", 30 },
            { "whole 3 30, whole 1 45", 45 },
            { "stopped 1 5, stopped 1 12", 12 },
            { "whole 3 20, stopped 1 28, whole 1 45", 45 },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_whole_and_of_most_seeds_speaks_unless_another_is_half_as_long_again(string lengths, int epochs)
    {
        var candidates = lengths
            .Split(", ")
            .Select(l => l.Split(' '))
            .Select(l => new Standing(l[0] == "whole", IsPlain: true, int.Parse(l[1], null), int.Parse(l[2], null)))
            .ToArray();

        Assert.Equal(epochs, Standing.Spokesman(candidates, c => c).Epochs);
        Assert.Equal(epochs, Standing.Spokesman(candidates.Reverse(), c => c).Epochs);
    }

    /// <summary>Half as long again as nothing is nothing.</summary>
    [Fact]
    public void Of_those_that_broke_before_an_epoch_was_done_the_one_of_most_seeds_speaks()
    {
        Standing[] rows = [new(false, IsPlain: true, 3, 0), new(false, IsPlain: true, 1, 0)];

        Assert.Equal(3, Standing.Spokesman(rows, r => r).Seeds);
        Assert.Equal(3, Standing.Spokesman(rows.Reverse(), r => r).Seeds);
    }

    [Fact]
    public void The_rule_as_published_speaks_before_one_with_choices()
    {
        Standing[] rows = [new(true, IsPlain: false, 3, 200), new(true, IsPlain: true, 1, 200)];

        Assert.True(Standing.Spokesman(rows, r => r).IsPlain);
    }
}
