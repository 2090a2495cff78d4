using GaitProp.Runtime;

namespace GaitProp.Tests.Runtime;

public sealed class SeedsTests
{
    [Fact]
    public void Every_seed_use_and_index_has_numbers_of_its_own_within_the_32_bits_that_torch_takes()
    {
        var seeds = (
            from seed in Enumerable.Range(0, 20)
            from use in Enum.GetValues<SeedUse>()
            from index in Enumerable.Range(0, 60)
            select Seeds.Derive(seed, use, index)
        ).ToArray();

        Assert.All(seeds, s => Assert.InRange(s, 0UL, uint.MaxValue));
        Assert.Equal(seeds.Length, seeds.Distinct().Count());
    }
}
