namespace GaitProp.Training;

/// <summary>Training has run into values that are not finite.</summary>
/// <param name="message">The rule, the step and the first layer that broke, and what may help.</param>
internal sealed class DivergedException(string message) : GaitPropException(message);
