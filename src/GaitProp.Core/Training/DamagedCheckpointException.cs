namespace GaitProp.Training;

/// <summary>A checkpoint is not what was written; the one before it may do.</summary>
/// <param name="message">Which one, and what is wrong with it.</param>
internal sealed class DamagedCheckpointException(string message) : GaitPropException(message);
