namespace GaitProp.Tests.Data;

/// <summary>The data sets of the kit itself. The catalogue also holds what other tests have registered by now.</summary>
internal static class KitSets
{
    public static IReadOnlyList<string> Names { get; } =
    [.. DataSets.All.Where(s => s.GetType().Assembly == typeof(DataSets).Assembly).Select(s => s.Name)];
}
