using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Tests.Charts;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Tests.Formatters;

/// <summary>Values of every kind that has a formatter.</summary>
internal static class Samples
{
    static Samples() => LibTorch.Load();

    /// <summary>All of them by name.</summary>
    public static IReadOnlyDictionary<string, Func<object>> All { get; } =
        new Dictionary<string, Func<object>>
        {
            ["scalar"] = () => tensor(3.25f),
            ["vector"] = () => linspace(-1, 1, 300),
            ["matrix"] = () => randn([512, 1024], generator: Seeded()),
            ["small matrix"] = () =>
                tensor(
                    new[,]
                    {
                        { 1f, float.NaN, -3f },
                        { float.PositiveInfinity, 0f, 2f },
                    }
                ),
            ["images"] = () => Images(40),
            ["bytes"] = () => (Images(1)[0] * 255).to(ScalarType.Byte),
            ["large images"] = () => rand([8, 3, 224, 224], generator: Seeded()),
            ["feature maps"] = () => randn([16, 24, 56, 56], generator: Seeded()),
            ["truth"] = () => tensor(new[] { true, false, true, true }),
            ["whole numbers"] = () => arange(24, ScalarType.Int64).reshape(2, 3, 4),
            ["complex"] = () => randn([8, 8], ScalarType.ComplexFloat32, generator: Seeded()),
            ["empty"] = () => zeros([0, 3]),
            ["meta"] = () => zeros([3, 4], device: META),
            ["gradient"] = () => rand([3, 3], requires_grad: true),
            ["half"] = () => ones([4, 4], ScalarType.Float16),
            ["brain float"] = () => ones([4, 4], ScalarType.BFloat16),
            ["not contiguous"] = () => randn([6, 40], generator: Seeded()).t(),
            ["large"] = () => zeros([4096, 2048]),
            ["disposed"] = () =>
            {
                var gone = zeros(3);
                gone.Dispose();
                return gone;
            },
            ["network"] = () => Network.Build(Architectures.Define("imagenet", [3, 32, 32], 10), AuxiliaryUnits.Implicit, 1),
            ["network with explicit units"] = () =>
                Network.Build(
                    NetworkDefinition.Parse("<b>mine</b>", [3, 8, 8], "conv 3x3/2 8, dense 32, dense 10"),
                    AuxiliaryUnits.Explicit,
                    1
                ),
            ["layer"] = () =>
                Network
                    .Build(NetworkDefinition.Parse("mine", [3, 8, 8], "conv 3x3/2 8, dense 32, dense 10"), AuxiliaryUnits.Explicit, 1)
                    .Layers[1],
            ["gradients"] = () =>
                new LayerGradient[]
                {
                    new(randn([4, 3], generator: Seeded()), zeros(4)),
                    new(
                        tensor(
                            new[,]
                            {
                                { float.NaN, 1 },
                            }
                        ),
                        ones(1)
                    ),
                },
            ["run"] = () => Run("ngait"),
            ["failed run"] = () =>
                Run("gait") is var run
                    ? run.With(run.Description with { Status = RunStatus.Diverged, Error = "<i>loss</i> is not finite" }, [], [])
                    : null!,
            ["comparison"] = () => new RunComparison("fig4", "Figure 4: <b>shallow</b>", [Run("bp"), Run("gait"), Run("ngait"), Run("fa")]),
            ["evaluation"] = () => Evaluated(10),
            ["evaluation of many classes"] = () => Evaluated(200),
            ["confusion"] = () => ConfusionFigure.Of("confusion", Evaluated(10)),
            ["angles"] = () => Angles(),
            ["data set"] = () => SyntheticImages.Generate(train: 400, test: 200),
            ["split"] = () => SyntheticImages.Generate(train: 400, test: 200).Test.Take(200),
            ["figure"] = () => SampleFigures.Shallow(steps: 400),
            ["awkward figure"] = () => SampleFigures.Awkward(),
            ["heat map"] = () => AngleFigure.Of("angles", "Angles", "One batch.", Angles()),
            ["experiment"] = () => Presets.Experiment("cifar-shallow", "ngait", "fast"),
            ["exception"] = Thrown,
            ["plan"] = () => NetworkDefinition.Parse("<b>mine</b>", [3, 8, 8], "conv 3x3/2 8, maxpool 2, mix, dense 10"),
            ["network of all kinds"] = () =>
                Network.Build(
                    NetworkDefinition.Parse(
                        "mine",
                        [3, 32, 32],
                        "conv 5x5/2 24, maxpool 2, mix, conv 3x3/2 24, avgpool 2, dense 32, dense 10"
                    ),
                    AuxiliaryUnits.Explicit,
                    1
                ),
            ["comparison of many layers"] = () => new RunComparison("deep", "Deep", [Deep("bp"), Deep("ngait")]),
            ["summaries"] = () => Summaries(),
            ["table"] = () => RunListTable.Of(Summaries()),
            ["measurements"] = () => MeasurementTable.Of(Run("ngait")),
            ["steps"] = () => Run("ngait").Steps,
            ["settings"] = () => new OptimizerOptions(),
            ["json"] = () => ExperimentJson.ToJson(Presets.Experiment("cifar-shallow", "ngait", "fast")),
        };

    /// <summary>A run of eight layers, of which one trains nothing and one lost its angles.</summary>
    private static RunRecord Deep(string rule)
    {
        var run = Run(rule);
        return run.With(
            run.Description with
            {
                Layers =
                [
                    .. Enumerable
                        .Range(1, 8)
                        .Select(l => new RunLayer(
                            $"layer {l}",
                            1024,
                            1024,
                            l == 8 ? 10 : 1024,
                            AuxiliaryUnits.None,
                            l == 2 ? 0 : 1_049_600
                        )),
                ],
            },
            [.. run.Steps.Select(s => s.With(angles: s.Angles.Count == 0 ? [] : [0.00006, null, null, 88.125, 1.5, 0.25, 0.125, 0]))]
        );
    }

    private static RunSummary[] Summaries() =>
        [
            new()
            {
                Folder = "/somewhere/runs/cifar-shallow/ngait-s1-20261103-101500",
                Name = "ngait-s1-20261103-101500",
                Experiment = "cifar-shallow",
                State = RunState.Finished,
                Preset = "fast",
                EpochsDone = 200,
                Epochs = 200,
                TestAccuracy = 0.5123,
                MeanAngle = 0.42,
            },
            new()
            {
                Folder = "/somewhere/runs/cifar-shallow/<reason>",
                Name = "<reason>",
                Experiment = "cifar-shallow",
                State = RunState.Damaged,
                Problem = "<reason> is no JSON",
            },
        ];

    /// <summary>A run with made-up numbers.</summary>
    public static RunRecord Run(string rule, int epochs = 30)
    {
        var experiment = Presets.Experiment("cifar-shallow", rule, "fast") with { Epochs = epochs };
        var random = new Random(rule.Length);
        var final = rule switch
        {
            "bp" => 0.55,
            "ngait" => 0.53,
            "gait" => 0.5,
            _ => 0.45,
        };
        var angle = rule switch
        {
            "ngait" => 0.4,
            "gait" => 1.4,
            _ => 72.0,
        };
        return new RunRecord(
            "runs/none",
            new RunDescription
            {
                Name = $"{rule}-s1-20261103-101500",
                Status = RunStatus.Finished,
                Started = new DateTimeOffset(2026, 11, 3, 10, 15, 0, TimeSpan.Zero),
                Experiment = ExperimentJson.ToJson(experiment),
                Data = new RunData("CIFAR-10", "data", Embedded: false, StandsInFor: null, 50_000, 10_000),
                Layers =
                [
                    new("layer 1", 3072, 1024, 1024, AuxiliaryUnits.None, 3_146_752),
                    .. Enumerable
                        .Range(2, 3)
                        .Select(l => new RunLayer($"layer {l}", 1024, 1024, l == 4 ? 10 : 1024, AuxiliaryUnits.Implicit, 1_049_600)),
                ],
                Environment = RunEnvironment.Here(CPU),
            },
            [
                .. Enumerable
                    .Range(0, 2 * epochs)
                    .Select(i => new StepMetrics(
                        1 + (i / 2),
                        100 * i,
                        2.3 * Math.Exp(-0.02 * i),
                        rule == "bp"
                            ? []
                            :
                            [
                                .. Enumerable
                                    .Range(0, 4)
                                    .Select(l => l == 3 ? 0 : (double?)(angle * (1.2 - (0.2 * l)) * (1 + (0.1 * random.NextDouble())))),
                            ]
                    )),
            ],
            [
                .. Enumerable
                    .Range(0, epochs + 1)
                    .Select(e => new EpochMetrics(
                        e,
                        196 * e,
                        2.3 - (0.04 * e),
                        0.1 + ((final + 0.05) * (1 - Math.Exp(-0.15 * e))),
                        2.3 - (0.03 * e),
                        0.1 + ((final - 0.1) * (1 - Math.Exp(-0.2 * e))),
                        [0, 0, 0, 0]
                    )),
            ],
            [.. Enumerable.Range(1, epochs).Select(e => new EpochTiming(e, 196, 0.031, 6.1, 0.3, 1.2))]
        );
    }

    /// <summary>A network that is right of every second image, and of the others as often wrong as it likes.</summary>
    private static Evaluation Evaluated(int classes)
    {
        var random = new Random(4);
        var confusion = Enumerable
            .Range(0, classes)
            .Select(c => Enumerable.Range(0, classes).Select(k => k == c ? 500L : random.Next(1000 / classes)).ToArray())
            .ToArray();
        string[] names =
            classes == 10
                ? ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "<b>mine</b>"]
                : [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];
        return new(
            "cifar-shallow: normalised GAIT, preset fast, seed 1",
            "step 392, after 2 of 200 epochs; float32",
            "CIFAR-10",
            DataPart.Test,
            names,
            confusion,
            1.5432,
            0.91
        );
    }

    private static AngleTable Angles() =>
        new(
            ["layer 1", "layer 2", "layer 3", "output"],
            [
                new("bp", "BP", [1e-5, 2e-5, 1e-5, 0]),
                new("fa", "FA", [88.1, 74.2, 61.3, 0]),
                new("gait", "GAIT, <literal>", [null, 12.4, 1.25, 0]),
                new("ngait", "normalised GAIT, displacement", [0.02, 0.004, 0.0006, 0]),
            ]
        );

    private static Tensor Images(int count)
    {
        var split = SyntheticImages.Generate(train: 400, test: 200).Train.Take(count);
        // The scope holds what stands between: the collector may take a tensor that nothing holds while libtorch still reads it.
        using var scope = NewDisposeScope();
        return (
            tensor(split.Pixels.ToArray(), ScalarType.Byte).reshape(count, split.Channels, split.Height, split.Width).to(ScalarType.Float32)
            / 255
        ).MoveToOuterDisposeScope();
    }

    private static Generator Seeded() => new(1);

    private static InvalidOperationException Thrown()
    {
        try
        {
            try
            {
                throw new FormatException("inner <reason>");
            }
            catch (FormatException e)
            {
                throw new InvalidOperationException("outer <script>alert(1)</script> & more", e);
            }
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
