using System.Reflection;

namespace GaitProp.Tests.Rules;

/// <summary>The rules of the kit itself. The catalogue also holds what other tests have registered by now.</summary>
internal static class KitRules
{
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(RuleCatalog)
            .Assembly.GetTypes()
            .Select(t => t.GetCustomAttribute<RuleAttribute>()?.Name)
            .OfType<string>()
            .Order(StringComparer.Ordinal),
    ];
}
