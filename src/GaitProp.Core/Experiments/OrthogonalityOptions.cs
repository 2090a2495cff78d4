using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace GaitProp.Experiments;

/// <summary>How the layers above the first are kept close to orthogonal, so that they stay well invertible.</summary>
public enum OrthogonalityKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The paper's: the gradient of <c>lambda ||W W^T - I||^2</c> is added to the rule's update, before Adam.</summary>
    Penalty,

    /// <summary>
    /// A Newton-Schulz step back towards orthogonal weights: after every optimiser step in the few directions that need it most, and in all
    /// of them now and then.
    /// </summary>
    Retraction,
}

/// <summary>Settings of the orthogonality constraint. It acts on every layer above the first, whether the rule inverts it or not.</summary>
public sealed record OrthogonalityOptions
{
    /// <summary>The kind. Default: none.</summary>
    [Description("The kind. Default: none.")]
    public OrthogonalityKind Kind { get; init; }

    /// <summary>The penalty's strength lambda. Default: 100, as published for CIFAR-10.</summary>
    [Range(0, double.MaxValue), Description("The penalty's strength lambda. Default: 100, as published for CIFAR-10.")]
    public double Lambda { get; init; } = 100;

    /// <summary>
    /// Directions that a retraction takes back after every optimiser step, those in which a weight leaves orthogonality fastest; 0: none,
    /// only whole retractions. A layer of no more than 2.5 times as many units is taken back whole, which costs no more. Where the rule's
    /// inverse is folded, it takes back the directions which that has found. Default: 32.
    /// </summary>
    [Range(0, int.MaxValue)]
    [Description(
        "Directions that a retraction takes back after every optimiser step; 0: none, only whole retractions. A layer of no more than 2.5 times as many units is taken back whole. Default: 32."
    )]
    public int Rank { get; init; } = 32;

    /// <summary>
    /// Optimiser steps from one whole retraction, of all directions, to the next. Adam's first steps are its largest: at first it is more
    /// often, after an eighth and a quarter of this many steps and then every half of it, four times over. Default: 64.
    /// </summary>
    [
        Range(1, int.MaxValue),
        Description("Optimiser steps from one whole retraction, of all directions, to the next; at first it is more often. Default: 64.")
    ]
    public int Every { get; init; } = 64;

    /// <summary>Whether all directions are retracted after a step.</summary>
    /// <param name="step">Optimiser steps taken, from 1.</param>
    internal bool IsWhole(long step) =>
        step % Every == 0
        || (8 * step == Every)
        || (4 * step == Every)
        || (step <= 4L * Every && Every % 2 == 0 && step % (Every / 2) == 0);

    /// <summary>Checks the values.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    internal void Validate() => PossibleValues.Check(this, "orthogonality ");
}
