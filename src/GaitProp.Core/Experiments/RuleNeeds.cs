namespace GaitProp.Experiments;

/// <summary>What a rule needs of its network, and its options.</summary>
internal static class RuleNeeds
{
    /// <summary>Whether layers must be square (<see cref="LearningRule.NeedsSquareLayers"/>).</summary>
    /// <param name="rule">The rule's name.</param>
    /// <param name="options">Its options; the defaults if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">
    /// There is no such rule, an option is not possible, or a rule of the user's own cannot be made: the message names its place.
    /// </exception>
    public static bool SquareLayers(string rule, RuleOptions? options = null) =>
        OwnFailure.Guarded(
            () => OwnParts.OfRule(rule),
            () =>
            {
                using var made = RuleCatalog.Create(rule, options);
                return made.NeedsSquareLayers;
            }
        );

    /// <summary>Its options with their defaults.</summary>
    /// <param name="rule">The rule's name.</param>
    /// <exception cref="GaitPropException">
    /// There is no such rule, or options of the user's own cannot be made: the message names their place.
    /// </exception>
    public static RuleOptions Options(string rule) =>
        OwnFailure.Guarded(() => OwnParts.OfRule(rule), () => RuleCatalog.DefaultOptions(rule));
}
