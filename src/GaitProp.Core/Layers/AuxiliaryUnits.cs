namespace GaitProp;

/// <summary>What becomes of the units that a layer needs to be invertible but does not pass on.</summary>
public enum AuxiliaryUnits
{
    /// <summary>There are none: layers have only the outputs that they pass on (BP and FA networks).</summary>
    None,

    /// <summary>They are rows of the weight like any other, computed and trained (the paper's).</summary>
    Explicit,

    /// <summary>
    /// They are an orthonormal basis of what the kept rows leave out, so the inverse of the kept rows is their pseudo-inverse and the
    /// auxiliary rows need not exist.
    /// </summary>
    Implicit,
}
