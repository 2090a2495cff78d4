namespace GaitProp;

/// <summary>The options of a learning rule. Each rule derives its own record, with documented defaults.</summary>
public abstract record RuleOptions
{
    /// <summary>Checks the values against each other.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>The options with which the same rule computes without an approximation: the exact inverse, and no subtraction of targets; <see langword="null"/> for a rule that inverts nothing.</summary>
    public virtual RuleOptions? Exact() => null;
}

/// <summary>For rules that have nothing to set.</summary>
public sealed record NoOptions : RuleOptions;
