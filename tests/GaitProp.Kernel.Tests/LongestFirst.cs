using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(GaitProp.Kernel.Tests.LongestFirst))]

namespace GaitProp.Kernel.Tests;

/// <summary>
/// Begins with the collections that take longest, so that none of them is left to run by itself at the end. The others come as they would
/// without it. Those that disable parallelization come last in any case: the runner keeps them back.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(Faults.ClockAheadTests),
        nameof(Faults.ClockBehindTests),
        Packages.Packed.Name,
        nameof(Engines.MpiTrainingTests),
        nameof(Faults.GridTests),
        nameof(Faults.FullDiskTests),
        nameof(Engines.SlurmSweepTests),
        nameof(Engines.SlurmArrayTests),
        nameof(Commands.ReproduceCommandTests),
        nameof(Faults.KillTests),
        nameof(Faults.InterruptTests),
        nameof(Faults.FullStoreTests),
        nameof(Commands.NotebookCommandTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections).OrderBy(c => Place(c.TestCollectionDisplayName))];

    /// <summary>The place of a collection with a name of its own, or of one class: 'Test collection for NAMESPACE.CLASS (id: …)'.</summary>
    private static int Place(string collection)
    {
        var place = Array.FindIndex(
            Longest,
            name => collection == name || $"{collection} ".Contains($".{name} ", StringComparison.Ordinal)
        );
        return place < 0 ? Longest.Length : place;
    }
}
