namespace GaitProp.Kernel.Tests.Charts;

/// <summary>Figures as the kit makes them: made-up numbers in the shapes of real ones.</summary>
internal static class SampleFigures
{
    public static readonly (string Rule, string Label)[] FourRules =
    [
        ("bp", "BP"),
        ("gait", "GAIT-prop"),
        ("ngait", "normalised GAIT-prop"),
        ("fa", "FA"),
    ];

    /// <summary>Four rules, four panels, many steps, ten epochs.</summary>
    public static Figure Shallow(int steps = 2000, int epochs = 10)
    {
        var random = new Random(1);
        string[] layers = ["hidden 1", "hidden 2", "hidden 3", "output"];
        var angle = new Dictionary<string, double>
        {
            ["bp"] = 0,
            ["gait"] = 1.1,
            ["ngait"] = 0.8,
            ["fa"] = 72,
        };
        return new Figure(
            "fig4",
            "Figure 4: shallow network on CIFAR-10",
            "CIFAR-10, network 3072-1024-1024-1024-10, batch 256, seed 1, 10 of 200 epochs, preset paper (literal, float64, exact inverse, penalty λ = 100),"
                + " γ = 1e-3, η = 1e-7. Angles are those of the rule’s own update to BP’s, weights only, every 100 steps; points are means over the steps, bars ± one"
                + " standard deviation. Test machine: 8 CPU threads, libtorch 2.10, run 2026-05-04.",
            [
                new Panel(
                    "A",
                    "Angle per layer",
                    new Axis("layer", layers),
                    new Axis("update angle to BP (degrees)"),
                    [
                        .. FourRules
                            .Where(rule => rule.Rule != "bp")
                            .Select(rule => new Series(
                                rule.Rule,
                                rule.Label,
                                [0, 1, 2, 3],
                                [.. Enumerable.Range(0, 4).Select(i => i == 3 ? 0 : angle[rule.Rule] * (1.2 - 0.15 * i))],
                                [
                                    .. Enumerable
                                        .Range(0, 4)
                                        .Select(i =>
                                            i == 3 ? 0
                                            : rule.Rule == "fa" ? 4.5
                                            : 0.4
                                        ),
                                ]
                            )),
                    ],
                    PanelKind.Points
                ),
                new Panel(
                    "B",
                    "Mean angle per step",
                    new Axis("step"),
                    new Axis("update angle to BP (degrees)"),
                    [
                        .. FourRules
                            .Where(rule => rule.Rule != "bp")
                            .Select(rule => new Series(
                                rule.Rule,
                                rule.Label,
                                [.. Enumerable.Range(0, steps).Select(i => (double)i)],
                                [
                                    .. Enumerable
                                        .Range(0, steps)
                                        .Select(i =>
                                            angle[rule.Rule] * (1 + 0.2 * Math.Exp(-i / 300.0))
                                            + (rule.Rule == "fa" ? 2 : 0.2) * random.NextDouble()
                                        ),
                                ]
                            )),
                    ],
                    PanelKind.Lines
                ),
                Accuracy("C", "Train accuracy", epochs, 0.62),
                Accuracy("D", "Test accuracy", epochs, 0.52),
            ]
        );
    }

    /// <summary>One rule after one epoch: every panel has a single value or a few.</summary>
    public static Figure Tiny() =>
        new(
            "fig4",
            "Figure 4: shallow network on synthetic images",
            "Synthetic images, 1 epoch.",
            [
                new Panel(
                    "A",
                    "Angle per layer",
                    new Axis("layer", ["hidden 1", "output"]),
                    new Axis("update angle to BP (degrees)"),
                    [new Series("ngait", "normalised GAIT-prop", [0, 1], [0.4, 0], [0.1, 0])],
                    PanelKind.Points
                ),
                new Panel(
                    "B",
                    "Mean angle per step",
                    new Axis("step"),
                    new Axis("update angle to BP (degrees)"),
                    [new Series("ngait", "normalised GAIT-prop", [0], [0.2])],
                    PanelKind.Lines
                ),
                new Panel(
                    "C",
                    "Train accuracy",
                    new Axis("epoch"),
                    new Axis("accuracy"),
                    [new Series("ngait", "normalised GAIT-prop", [1], [0.31])],
                    PanelKind.Lines
                ),
                new Panel(
                    "D",
                    "Test accuracy",
                    new Axis("epoch"),
                    new Axis("accuracy"),
                    [new Series("ngait", "normalised GAIT-prop", [1], [0.29])],
                    PanelKind.Lines
                ),
            ]
        );

    /// <summary>
    /// Everything that is awkward: markup in texts, gaps, deviations of lines, unknown rules, one rule twice, long names, no values.
    /// </summary>
    public static Figure Awkward() =>
        new(
            "figure-x",
            "A <b>title</b> & \"quotes\" that is long enough to need a second line on the page, because it says what every panel shows",
            "A caption with <script>alert('x')</script> & an ampersand, ± 3°, 2 × 2 and λ · η.",
            [
                new Panel(
                    "A",
                    "Angle per layer",
                    new Axis(
                        "layer",
                        [
                            "convolution 1",
                            "convolution 2",
                            "convolution 3",
                            "convolution 4",
                            "convolution 5",
                            "convolution 6",
                            "convolution 7",
                            "dense",
                        ]
                    ),
                    new Axis("update angle to BP (degrees)"),
                    [
                        .. new[] { "bp", "gait", "ngait", "fa", "dfa", "tp", "dtp", "my-rule" }.Select(
                            (rule, k) =>
                                new Series(
                                    rule,
                                    $"rule {rule}",
                                    [0, 1, 2, 3, 4, 5, 6, 7],
                                    [.. Enumerable.Range(0, 8).Select(i => k == 2 && i == 3 ? double.NaN : 10.0 * k + i)],
                                    [.. Enumerable.Range(0, 8).Select(i => k == 1 ? double.NaN : 2.0)]
                                )
                        ),
                    ],
                    PanelKind.Points
                ),
                new Panel(
                    "B",
                    "With gaps <i>",
                    new Axis("step"),
                    new Axis("distance of the target from the activation, in units of the layer's root mean square (percent)"),
                    [
                        new Series(
                            "ngait",
                            "rule ngait",
                            [.. Enumerable.Range(0, 60).Select(i => 1000.0 * i)],
                            [.. Enumerable.Range(0, 60).Select(i => i is 9 or 11 or 30 ? double.NaN : Math.Sin(i / 9.0))],
                            [.. Enumerable.Repeat(0.2, 60)]
                        ),
                        new Series("ünknown", "rule ünknown <b>", [0, 59000], [double.PositiveInfinity, 0.5]),
                    ],
                    PanelKind.Lines
                ),
                new Panel(
                    "C",
                    "Nothing defined",
                    new Axis("epoch"),
                    new Axis("accuracy"),
                    [new Series("bp", "rule bp", [1, 2], [double.NaN, double.NaN])],
                    PanelKind.Lines
                ),
            ]
        );

    /// <summary>A table of angles: four rules and four layers, values from rounding errors to a right angle.</summary>
    public static Figure Angles() =>
        new(
            "compare",
            "Angles of four rules to BP",
            "Synthetic images, network 3072-256-256-256-10, batch 256, seed 1, before training.",
            [
                HeatMap(
                    "A",
                    "Update angle per layer",
                    ["hidden 1", "hidden 2", "hidden 3", "output"],
                    [
                        ("ngait", "normalised GAIT-prop", [0.00123456, 0.000171, 2.5e-7, 0]),
                        ("gait", "GAIT-prop", [12.3456, 4.71, 1.05, 0]),
                        ("dfa", "DFA", [89.97, 71.2, 44.9, 0]),
                        ("fa", "FA", [100.25, 90, 38.04, 0]),
                    ]
                ),
            ]
        );

    /// <summary>A table of angles of any size; some are undefined.</summary>
    public static Figure ManyAngles(int rules, int layers, bool undefined = false)
    {
        string[] labels =
        [
            "normalised GAIT, displacement float32",
            "normalised GAIT, literal float64",
            "GAIT-prop",
            "FA",
            "DFA",
            "normalised GAIT, literal float32",
            "TP",
            "DTP",
        ];
        var random = new Random(3);
        return new Figure(
            "angles",
            $"Angles of {rules} rules in {layers} layers",
            "Synthetic images, 1 batch of 256 images, seed 1, before training. An angle is undefined where an update is exactly zero.",
            [
                HeatMap(
                    "A",
                    "Update angle per layer",
                    [.. Enumerable.Range(1, layers - 1).Select(i => $"hidden {i}"), "output"],
                    [
                        .. Enumerable
                            .Range(0, rules)
                            .Select(k =>
                                (
                                    $"rule{k}",
                                    labels[k % 8],
                                    Enumerable
                                        .Range(0, layers)
                                        .Select(i =>
                                            undefined && (i + 2 * k) % 7 == 3
                                                ? double.NaN
                                                : Math.Min(
                                                    97,
                                                    Math.Pow(10, -4 + 1.6 * k + 3.0 * (layers - i) / layers + 0.3 * random.NextDouble())
                                                )
                                        )
                                        .ToArray()
                                )
                            ),
                    ]
                ),
            ]
        );
    }

    /// <summary>A heat map beside panels of other kinds.</summary>
    public static Figure Mixed()
    {
        var (angles, shallow) = (ManyAngles(3, 4, undefined: true), Shallow(200));
        return shallow with { Panels = [shallow.Panels[0], angles.Panels[0].With("B"), shallow.Panels[2], shallow.Panels[3]] };
    }

    public static Panel HeatMap(string letter, string title, string[] layers, (string Rule, string Label, double[] Values)[] rows) =>
        new(
            letter,
            title,
            new Axis("layer", layers),
            new Axis("update angle to BP (degrees)"),
            [
                .. rows.Select(row => new Series(
                    row.Rule,
                    row.Label,
                    [.. Enumerable.Range(0, row.Values.Length).Select(i => (double)i)],
                    row.Values
                )),
            ],
            PanelKind.HeatMap
        );

    /// <summary>A scatter of two rules, one a square and one a diamond, whose points share a place.</summary>
    public static Figure InOnePlace(bool reversed)
    {
        Series[] series = [new("fa", "FA", [2], [3]), new("ngait", "normalised GAIT", [2], [3])];
        return new(
            "place",
            "t",
            "c",
            [new Panel("A", "t", new Axis("x"), new Axis("y"), reversed ? [.. series.Reverse()] : series, PanelKind.Scatter)]
        );
    }

    /// <summary>The value 1 on a logarithmic axis from 0.01 to 90, with a bar.</summary>
    public static Figure OneBar(double low, double high) =>
        new(
            "bar",
            "t",
            "c",
            [
                new Panel(
                    "A",
                    "t",
                    new Axis("layer", ["1"]),
                    Axis.OfAngles("angle"),
                    [new Series("ngait", "normalised GAIT", [0], [1]) { Low = [low], High = [high] }],
                    PanelKind.Points
                ),
            ]
        );

    private static Panel Accuracy(string letter, string title, int epochs, double best) =>
        new(
            letter,
            title,
            new Axis("epoch"),
            new Axis("accuracy"),
            [
                .. FourRules.Select(
                    (rule, k) =>
                        new Series(
                            rule.Rule,
                            rule.Label,
                            [.. Enumerable.Range(1, epochs).Select(i => (double)i)],
                            [
                                .. Enumerable
                                    .Range(1, epochs)
                                    .Select(i => (best - (rule.Rule == "fa" ? 0.1 : 0.004 * k)) * (1 - Math.Exp(-i / 3.0))),
                            ]
                        )
                ),
            ],
            PanelKind.Lines
        );
}
