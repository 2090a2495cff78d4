using System.Runtime.CompilerServices;

namespace GaitProp.Data;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): a counter and a mixing
/// function in 64-bit integers, so that it gives the same numbers on every machine and in every version of .NET.
/// </summary>
internal struct SplitMix64
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>Starts at a state; the published test sequences call it the seed.</summary>
    /// <param name="state">Any number; neighbours give unrelated sequences.</param>
    public SplitMix64(ulong state) => _state = state;

    /// <summary>The generator of its own that belongs to a key, such as seed, split and image number.</summary>
    /// <param name="key">The parts of the key; their order counts.</param>
    public static SplitMix64 For(params ReadOnlySpan<ulong> key)
    {
        var state = 0UL;
        foreach (var part in key)
        {
            state = new SplitMix64(state ^ part).Next();
        }

        return new SplitMix64(state);
    }

    /// <summary>The next 64 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        var z = _state += GoldenGamma;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from 0 to <paramref name="count"/> - 1, from the upper 32 bits; the bias is below count / 2^32.</summary>
    /// <param name="count">How many numbers there are to choose from.</param>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>A number in [low, high), a multiple of (high - low) / 2^53 before rounding.</summary>
    /// <param name="low">The least value.</param>
    /// <param name="high">The bound above.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Between(double low, double high) => low + ((high - low) * ((Next() >> 11) * (1.0 / (1UL << 53))));
}
