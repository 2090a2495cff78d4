namespace GaitProp.Runtime;

/// <summary>What a seed is used for; each use draws numbers of its own.</summary>
internal enum SeedUse
{
    /// <summary>Initial weights.</summary>
    Weights = 1,

    /// <summary>Fixed random feedback weights.</summary>
    Feedback = 2,

    /// <summary>The order of the training images.</summary>
    Shuffle = 3,

    /// <summary>torch's own generator, for rules that draw while they learn.</summary>
    Torch = 4,

    /// <summary>Probes of the orthogonality defect.</summary>
    Probes = 5,

    /// <summary>Random gains, where there is no training that would find them.</summary>
    Gains = 6,

    /// <summary>Matrices that are drawn once and never trained.</summary>
    Fixed = 7,

    /// <summary>Random changes of the training images.</summary>
    Augmentation = 8,
}

/// <summary>Seeds for torch's generators, derived from the one seed of an experiment.</summary>
internal static class Seeds
{
    /// <summary>
    /// A seed for one use. torch's CPU generator (MT19937) takes the low 32 bits of a seed and ignores the rest, so all three values are
    /// mixed into those, with the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    /// </summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="index">Which one of that use: a layer, an epoch.</param>
    public static ulong Derive(int seed, SeedUse use, int index) =>
        Mix(Mix(Mix((ulong)(uint)seed) + (ulong)use) + (ulong)(uint)index) & 0xffff_ffff;

    /// <summary>The index of one of a layer's weights; that of the first is the layer's own.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="which">Which of its weights, from 0.</param>
    public static int Of(int layer, int which) => layer + (which << 16);

    private static ulong Mix(ulong value)
    {
        value += 0x9e37_79b9_7f4a_7c15;
        value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
        value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
        return value ^ (value >> 31);
    }
}
