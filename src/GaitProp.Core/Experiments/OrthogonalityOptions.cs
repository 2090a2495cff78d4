namespace GaitProp.Experiments;

/// <summary>How square layers are kept close to orthogonal, so that they stay well invertible.</summary>
public enum OrthogonalityKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The paper's: the gradient of <c>lambda ||W W^T - I||^2</c> is added to the rule's update, before Adam.</summary>
    Penalty,

    /// <summary>A Newton-Schulz step back towards orthogonal weights every few optimiser steps.</summary>
    Retraction,
}

/// <summary>Settings of the orthogonality constraint. It acts on the layers that are inverted: the square ones above the first.</summary>
public sealed record OrthogonalityOptions
{
    /// <summary>The kind. Default: none.</summary>
    public OrthogonalityKind Kind { get; init; }

    /// <summary>The penalty's strength lambda. Default: 100, as published for CIFAR-10.</summary>
    public double Lambda { get; init; } = 100;

    /// <summary>Optimiser steps from one retraction to the next. Default: 4.</summary>
    public int Every { get; init; } = 4;

    /// <summary>Checks the values.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public void Validate()
    {
        if (!(Lambda >= 0) || !double.IsFinite(Lambda))
        {
            throw new GaitPropException($"orthogonality lambda {Lambda:R} is not possible: it must be 0 or more.");
        }

        if (Every < 1)
        {
            throw new GaitPropException($"orthogonality every {Every} is not possible: it must be 1 or more steps.");
        }
    }
}
