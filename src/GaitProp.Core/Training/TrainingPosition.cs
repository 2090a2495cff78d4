namespace GaitProp.Training;

/// <summary>How far a run is, and how much of its files belongs to that: what a resumed run goes back to.</summary>
/// <param name="Step">Optimiser steps taken.</param>
/// <param name="Measured">Whether the accuracy after these steps has been measured and written down, where it is due.</param>
/// <param name="MetricsBytes">Length of <c>metrics.jsonl</c> at this point.</param>
/// <param name="TimingBytes">Length of <c>timing.jsonl</c> at this point.</param>
internal readonly record struct TrainingPosition(long Step, bool Measured, long MetricsBytes, long TimingBytes);
