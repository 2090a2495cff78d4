using GaitProp.Experiments;

namespace GaitProp.Benchmarks.Steps;

/// <summary>
/// Floating-point operations of the matrix products and factorisations that a step asks for, two for a multiplication and an addition.
/// Element-wise work is not counted, so the share of the peak that follows is a lower bound.
/// </summary>
internal static class Products
{
    /// <summary>Operations of one training step; 0 for rules that they are not counted of.</summary>
    /// <param name="experiment">How it computes.</param>
    /// <param name="network">Its network.</param>
    /// <param name="batch">Images.</param>
    public static double OfStep(Experiment experiment, Network network, int batch)
    {
        if (experiment.Rule is "tp" or "dtp")
        {
            return 0;
        }

        var total = 0.0;
        foreach (var (l, layer) in network.Layers.Index())
        {
            double rows = layer.Weight.shape[0],
                columns = layer.FanIn;
            double points = (double)batch * layer.Flops / (2 * layer.Weight.numel());

            // Forward pass and gradient; the gradient of kept rows alone where no others have one.
            var literal = experiment.RuleOptions is TargetOptions { Form: TargetForm.Literal };
            var live = literal ? rows : layer.Keep;
            total += (2 * points * rows * columns) + (2 * points * live * columns);
            if (l > 0)
            {
                total += Below(experiment, layer, rows, live, columns, points);
                total += Constraint(experiment, Math.Min(rows, columns), Math.Max(rows, columns));
            }
        }

        return total;
    }

    /// <summary>What it takes to send a batch through a layer's inverse, or through what stands in for it.</summary>
    private static double Below(Experiment experiment, Layer layer, double rows, double live, double columns, double points)
    {
        var once = 2 * points * live * columns;
        if (experiment.Rule == "dfa")
        {
            return 0;
        }

        if (experiment.RuleOptions is not TargetOptions options)
        {
            return once;
        }

        // A convolution makes the inverse as a matrix, from as many unit vectors as it has kept rows.
        var isConv = layer is InvertibleConv2d;
        var sent = isConv ? live : points;
        var (factored, wide) = (rows * rows * rows, rows < columns);
        var applied = options.Inverse.Name switch
        {
            "exact" when !wide => (2 * factored) + (isConv ? 0 : once),
            "solve" when !wide => (2.0 / 3 * factored) + (2 * sent * rows * rows),
            "exact" or "pinv" or "solve" => (2 * rows * rows * columns)
                + (factored / 3)
                + (2 * sent * rows * rows)
                + (2 * sent * rows * columns),
            "transpose" => isConv ? 0 : once,

            // The transpose, three thin products with W, and what mixes samples into probes and sends them through the correction.
            var folded when folded.StartsWith("folded", StringComparison.Ordinal) && !isConv && 5 * Number(folded) < 2 * rows => once
                + (Number(folded) * ((6 * rows * columns) + (2 * sent * ((4 * rows) + (2 * columns))))),
            var few when few.StartsWith("folded", StringComparison.Ordinal) => (2 * rows * rows * columns)
                + (factored / 3)
                + (2 * sent * rows * rows)
                + (2 * sent * rows * columns),

            // At the least: the first guess, and the residual of up to 32 points.
            var within when within.StartsWith("within", StringComparison.Ordinal) => (2 * sent * live * columns)
                + (2 * (isConv ? sent : Math.Min(32, sent)) * rows * columns),
            var refined => (2 * sent * live * columns) + (Number(refined) * 4 * sent * rows * columns),
        };
        return applied + (isConv ? once : 0);
    }

    private static double Constraint(Experiment experiment, double rows, double columns)
    {
        var orthogonality = experiment.Orthogonality;
        return orthogonality.Kind switch
        {
            OrthogonalityKind.None => 0,
            OrthogonalityKind.Penalty => 4 * rows * rows * columns,

            // What a folded inverse has found costs one thin product more.
            _ when experiment.RuleOptions is TargetOptions { Inverse.Name: var name }
                    && name.StartsWith("folded", StringComparison.Ordinal)
                    && 5 * Number(name) < 2 * rows => (4 * rows * rows * columns / orthogonality.Every)
                + (2.0 * rows * columns * Number(name)),
            _ => (4 * rows * rows * columns / orthogonality.Every)
                + (orthogonality.Rank > 0 && orthogonality.Rank < rows ? 10.0 * rows * columns * orthogonality.Rank : 0),
        };
    }

    /// <summary>The number in brackets.</summary>
    private static int Number(string name) =>
        int.Parse(name[(name.IndexOf('(', StringComparison.Ordinal) + 1)..^1], System.Globalization.CultureInfo.InvariantCulture);
}
