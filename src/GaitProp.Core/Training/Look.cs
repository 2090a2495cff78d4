namespace GaitProp.Training;

/// <summary>What a measurement of an update finds, a value a layer from the input up (<see cref="StepMetrics"/>).</summary>
/// <param name="Angles">Degrees to BP's update.</param>
/// <param name="Distances">Degrees to the same rule's with the exact inverse in float64.</param>
/// <param name="Transposes">Share of the steps since the last measurement in which a bare transpose stood in for the inverse.</param>
internal readonly record struct Look(IReadOnlyList<double?> Angles, IReadOnlyList<double?> Distances, IReadOnlyList<double> Transposes);
