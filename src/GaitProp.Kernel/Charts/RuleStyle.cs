namespace GaitProp.Kernel.Charts;

/// <summary>How a rule looks in every panel of every figure: a colour, and a dash and a marker for readers who do not see the colour.</summary>
/// <param name="Color">The colour as <c>#rrggbb</c>.</param>
/// <param name="Dash">Lengths of dashes and gaps in pixels of the screen; empty for an unbroken line.</param>
/// <param name="Marker">The shape of its points.</param>
public sealed record RuleStyle(string Color, IReadOnlyList<float> Dash, RuleMarker Marker);
