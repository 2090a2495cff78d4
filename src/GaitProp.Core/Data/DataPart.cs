namespace GaitProp;

/// <summary>The parts of a data set.</summary>
public enum DataPart
{
    /// <summary>What no network was trained on.</summary>
    Test,

    /// <summary>What networks are trained on.</summary>
    Train,

    /// <summary>The last training images, where a training held them out.</summary>
    Validation,
}
