namespace GaitProp;

/// <summary>
/// Trained gains of a layer's units, <c>z = g (Q x) + b</c> (beyond the paper). Orthonormal rows fix the length of every unit's weights; a
/// gain sets it free again, and leaves the directions orthogonal.
/// </summary>
public enum UnitGain
{
    /// <summary>No gain, as in the paper: <c>z = W x + b</c>.</summary>
    None,

    /// <summary>One gain for the layer.</summary>
    Scalar,

    /// <summary>A gain for each output (each output channel of a convolution).</summary>
    Row,
}
