using static TorchSharp.torch;

namespace GaitProp.Studies;

/// <summary>What a sweep goes over.</summary>
internal enum SweepParameter
{
    /// <summary>The normalisation constant eta of normalised GAIT.</summary>
    Eta,

    /// <summary>The increment factor gamma of GAIT.</summary>
    Gamma,

    /// <summary>Hidden layers of the CIFAR-10 networks.</summary>
    Depth,

    /// <summary>The orthogonality defect of the weights.</summary>
    Defect,
}

/// <summary>
/// One study of update angles again and again, each time with another value of one parameter: what is large enough, what is too large, and
/// for which arithmetic.
/// </summary>
internal sealed record AngleSweep
{
    /// <summary>The study; its value of the parameter does not matter.</summary>
    public required AngleStudy Study { get; init; }

    /// <summary>What changes.</summary>
    public required SweepParameter Over { get; init; }

    /// <summary>The values, in the order in which they are measured.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>The forms and precisions in which the rules that have forms are computed; each rule's own if there are none.</summary>
    public IReadOnlyList<(TargetForm Form, ScalarType Precision)> Ways { get; init; } = [];

    /// <summary>Precisions of rules by their names, where there are no <see cref="Ways"/>; of others the study's.</summary>
    public IReadOnlyDictionary<string, ScalarType> Precisions { get; init; } = new Dictionary<string, ScalarType>();

    /// <summary>Measures every rule at every value, to backpropagation in float64 on the same weights.</summary>
    /// <param name="rules">The rules' names.</param>
    /// <param name="images">One batch, <c>[batch, …]</c>, as the network sees it.</param>
    /// <param name="labels">Its class numbers, int64 <c>[batch]</c>.</param>
    /// <param name="cancellation">Stops between two values.</param>
    /// <exception cref="GaitPropException">There is no value, a rule is not known, or a value is not possible.</exception>
    public SweepTable Measure(IReadOnlyList<string> rules, Tensor images, Tensor labels, CancellationToken cancellation = default)
    {
        if (Values.Count == 0)
        {
            throw new GaitPropException($"a sweep over {Over.ToString().ToLowerInvariant()} needs a value at least.");
        }

        LibTorch.Load();
        var curves = new Dictionary<(string Rule, string Label), List<(double? Mean, double? Worst)>>();
        Network? drawn = null;
        try
        {
            foreach (var value in Values)
            {
                cancellation.ThrowIfCancellationRequested();
                var study = With(value);
                if (drawn is null || Over is SweepParameter.Depth or SweepParameter.Defect)
                {
                    drawn?.Dispose();
                    drawn = study.Draw(images.device);
                }

                foreach (
                    var (rule, label, table) in rules.SelectMany(r =>
                        WaysOf(r).Select(w => (r, Label(r, w), study.In(w.Form, w.Precision).Measure([r], drawn, images, labels)))
                    )
                )
                {
                    if (!curves.TryGetValue((rule, label), out var curve))
                    {
                        curves[(rule, label)] = curve = [];
                    }

                    curve.Add(MeanAndWorst(table));
                }
            }
        }
        finally
        {
            drawn?.Dispose();
        }

        return new SweepTable(
            Over,
            Values,
            [
                .. curves.Select(c => new SweepCurve(
                    c.Key.Rule,
                    c.Key.Label,
                    [.. c.Value.Select(v => v.Mean)],
                    [.. c.Value.Select(v => v.Worst)]
                )),
            ]
        );

        IEnumerable<(TargetForm Form, ScalarType Precision)> WaysOf(string rule) =>
            Ways.Count == 0
                ? [((Study.Options(rule) as TargetOptions)?.Form ?? Study.Form, Precisions.GetValueOrDefault(rule, Study.Precision))]
            : Study.Options(rule) is TargetOptions ? Ways
            : Ways.DistinctBy(w => w.Precision);

        string Label(string rule, (TargetForm Form, ScalarType Precision) way) =>
            Study.Options(rule) is TargetOptions
                ? $"{RuleCatalog.Title(rule)}, {way.Form.ToString().ToLowerInvariant()} {way.Precision.ToString().ToLowerInvariant()}"
                : $"{RuleCatalog.Title(rule)}, {way.Precision.ToString().ToLowerInvariant()}";

        // An undefined angle leaves nothing to be said; a layer that trains nothing has none, and takes no part.
        static (double? Mean, double? Worst) MeanAndWorst(AngleTable table)
        {
            double?[] angles = [.. table.Columns[0].Angles.Where((_, layer) => table.IsTrained(layer))];
            double?[] below = [.. angles.SkipLast(1)];
            return (below.Any(a => a is null) ? null : below.Average(), angles.Any(a => a is null) ? null : angles.Max());
        }
    }

    private AngleStudy With(double value)
    {
        if (
            !double.IsFinite(value)
            || value < 0
            || (Over == SweepParameter.Depth && (value != Math.Floor(value) || value is < 1 or > 1000))
        )
        {
            throw new GaitPropException(
                Text(
                    $"{Over.ToString().ToLowerInvariant()} {value} is not possible: it must be {(Over == SweepParameter.Depth ? "a whole number of layers, 1 to 1000" : "0 or more")}."
                )
            );
        }

        return Over switch
        {
            SweepParameter.Eta => Study with { Eta = value },
            SweepParameter.Gamma => Study with { Gamma = value },
            SweepParameter.Defect => Study with { Defect = value },
            _ => Study with
            {
                Network = Architectures.Define(
                    Study.Network.Name,
                    Study.Network.InputShape,
                    ((DenseDefinition)Study.Network.Layers[^1]).Units,
                    (int)value
                ),
            },
        };
    }
}

/// <summary>What an <see cref="AngleSweep"/> found.</summary>
/// <param name="Over">What changed.</param>
/// <param name="Values">Its values.</param>
/// <param name="Curves">A curve for each rule and way of computing.</param>
internal sealed record SweepTable(SweepParameter Over, IReadOnlyList<double> Values, IReadOnlyList<SweepCurve> Curves);

/// <summary>Update angles of one rule over the values of a parameter.</summary>
/// <param name="Rule">The rule's name on the command line.</param>
/// <param name="Label">The rule and how it was computed.</param>
/// <param name="Means">Mean over all layers with weights but the output, degrees to BP in float64; <see langword="null"/> where a layer's
/// angle is undefined.</param>
/// <param name="Worst">The largest angle of a layer; <see langword="null"/> where one is undefined.</param>
internal sealed record SweepCurve(string Rule, string Label, IReadOnlyList<double?> Means, IReadOnlyList<double?> Worst);
