using GaitProp.Experiments;

namespace GaitProp.Tests.Experiments;

public sealed class OrthogonalityOptionsTests
{
    [Theory]
    [InlineData(64, "8 16 32 64 96 128 160 192 224 256 320 384 448")]
    [InlineData(4, "1 2 4 6 8 10 12 14 16 20 24 28")]
    [InlineData(3, "3 6 9 12 15 18 21")]
    public void All_directions_are_retracted_more_often_at_first(int every, string steps)
    {
        var options = new OrthogonalityOptions { Every = every };

        Assert.Equal(steps, string.Join(' ', Enumerable.Range(1, (8 * every) - 1).Where(s => options.IsWhole(s))));
    }

    [Fact]
    public void Every_step_is_whole_where_it_is_asked_for() =>
        Assert.All(Enumerable.Range(1, 20), step => Assert.True(new OrthogonalityOptions { Every = 1 }.IsWhole(step)));
}
