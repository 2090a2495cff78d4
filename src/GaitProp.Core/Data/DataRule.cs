namespace GaitProp.Data;

/// <summary>The rule by which a data set was found; the first that finds one wins.</summary>
internal enum DataRule
{
    /// <summary>The folder that was named, with <c>--data DIR</c> or in code.</summary>
    Named,

    /// <summary>The folder that the environment variable <c>GAITPROP_DATA</c> names.</summary>
    Environment,

    /// <summary>The folder <c>data</c> in the working directory.</summary>
    WorkingDirectory,

    /// <summary>The folder <c>data</c> in the user's cache folder.</summary>
    Cache,
}
