namespace GaitProp.Experiments;

/// <summary>What the layers below the last do with their weighted inputs.</summary>
public enum HiddenActivation
{
    /// <summary>The published one, a leaky rectifier of slope 0.1.</summary>
    LeakyRelu,

    /// <summary>Nothing: the whole network is one linear map, and no target can flip a unit's sign.</summary>
    Linear,
}

/// <summary>The functions that the names stand for.</summary>
internal static class HiddenActivations
{
    /// <summary>The function.</summary>
    public static LeakyReLU Function(this HiddenActivation activation) =>
        activation == HiddenActivation.Linear ? LeakyReLU.Identity : LeakyReLU.Hidden;
}
