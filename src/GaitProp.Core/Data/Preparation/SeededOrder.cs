namespace GaitProp.Data.Preparation;

/// <summary>Permutations that depend on a seed alone, the same on every machine.</summary>
internal static class SeededOrder
{
    /// <summary>The order of the training images.</summary>
    public const ulong Train = 1;

    /// <summary>The order of the validation images.</summary>
    public const ulong Validation = 2;

    /// <summary>Which images are held out.</summary>
    public const ulong HeldOut = 3;

    /// <summary>The numbers from 0 to <paramref name="count"/> - 1, shuffled (Fisher and Yates).</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="purpose">Keeps the orders of one seed apart.</param>
    public static int[] Of(int count, ulong seed, ulong purpose)
    {
        var random = SplitMix64.For(seed, purpose);
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
