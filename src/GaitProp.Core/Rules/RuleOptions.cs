namespace GaitProp;

/// <summary>
/// The options of a learning rule. Each rule derives its own record, with documented defaults; <c>[Range]</c> and <c>[Description]</c> of
/// its properties are those of the JSON schema, and what files are held against.
/// </summary>
public abstract record RuleOptions
{
    /// <summary>Checks the values: against their <c>[Range]</c>, and in rules that say so against each other.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public virtual void Validate() => PossibleValues.Check(this);

    /// <summary>
    /// The options with which the same rule computes without an approximation: the exact inverse, and no subtraction of targets;
    /// <see langword="null"/> for a rule that inverts nothing.
    /// </summary>
    public virtual RuleOptions? Exact() => null;
}

/// <summary>For rules that have nothing to set.</summary>
public sealed record NoOptions : RuleOptions;
