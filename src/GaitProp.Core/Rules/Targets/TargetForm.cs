namespace GaitProp.Rules.Targets;

/// <summary>How a rule of the GAIT family computes its targets. All three are the same mathematics; they differ in rounding and cost.</summary>
public enum TargetForm
{
    /// <summary>As printed in the paper: targets are activations plus tiny increments. The oracle; needs float64.</summary>
    Literal,

    /// <summary>Carries the displacement target - activation, so that nothing cancels: float32 gives the literal float64 updates.</summary>
    Displacement,

    /// <summary>The limit of vanishing increments: backpropagation with the inverse in the transpose's place. Fewest operations.</summary>
    Limit,
}
