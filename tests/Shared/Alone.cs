namespace GaitProp.Tests;

/// <summary>
/// Tests with nothing else at work in the process: what is measured or counted, such as live tensors, and what changes the process, such as
/// its console.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
