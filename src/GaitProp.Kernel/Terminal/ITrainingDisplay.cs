namespace GaitProp.Kernel.Terminal;

/// <summary>Shows runs while they train.</summary>
internal interface ITrainingDisplay
{
    /// <summary>Announces a run that will come.</summary>
    /// <param name="label">What to call it: the rule.</param>
    /// <returns>Takes the run's progress.</returns>
    IProgress<TrainingProgress> Add(string label);
}
