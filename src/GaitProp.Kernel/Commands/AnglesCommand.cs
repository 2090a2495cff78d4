using System.CommandLine;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Runtime;
using GaitProp.Studies;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary><c>angles EXPERIMENT</c>: update angles to BP, layer by layer, on one batch; no training.</summary>
internal static class AnglesCommand
{
    private static readonly string[] DefaultRules = ["bp", "fa", "gait", "ngait"];

    /// <summary>
    /// How the GAIT rules are computed in a sweep: what is published, and what takes away its rounding and its precision.
    /// </summary>
    private static readonly (TargetForm, torch.ScalarType)[] Ways =
    [
        (TargetForm.Literal, torch.ScalarType.Float64),
        (TargetForm.Displacement, torch.ScalarType.Float64),
        (TargetForm.Displacement, torch.ScalarType.Float32),
    ];

    public static Command Build(CommandContext context)
    {
        var experiment = new AngleExperiment();
        var rules = SharedOptions.Rules(DefaultRules);
        var defect = SharedOptions.Real("--defect", "Root mean square orthogonality defect of the weights. Default: 0, orthogonal.");
        var batch = SharedOptions.Number("--batch", "Images. Default: 64.", least: 1);
        var size = SharedOptions.Number(
            "--size",
            "Side that images are enlarged to, in pixels (a multiple of theirs). Default: as they are.",
            least: 1
        );
        var device = SharedOptions.Device();
        var tf32 = SharedOptions.Tf32("Shows how much in degrees.");
        var save = SharedOptions.Save("Save the angles as a heat map or table");
        var over = SharedOptions.Word(
            "--over",
            "Measure again and again, each time with another value of eta, gamma, depth or defect: eta=1e-3..1e-12 (powers of ten), depth=3,6,12. "
                + "The GAIT rules are then computed in three ways, literal in float64 and displacement in float64 and float32, unless --form or --dtype says one.",
            "NAME=VALUES"
        );
        var command = new Command(
            "angles",
            "Measure update angles to BP in float64, layer by layer, on one batch and random orthogonal weights; no training. Examples: "
                + "'angles cifar-deep --over eta=1e-3..1e-12', 'angles cifar-shallow --set network=\"dense 64, dense 10\" --set rules.ngait.ruleOptions.eta=1e-6'."
        );
        experiment.AddTo(command);
        foreach (var option in (Option[])[rules, defect, batch, size, device, tf32, save, over])
        {
            command.Options.Add(option);
        }

        command.SetAction(
            (parsed, cancellation) =>
            {
                FigureFiles.EnsureSavable(parsed.GetValue(save));

                LibTorch.Load();
                using var scope = torch.NewDisposeScope();
                var sweep = parsed.GetValue(over) is { } word
                    ? SweepValues.Parse("--over", word)
                    : ((SweepParameter Parameter, IReadOnlyList<double> Values)?)null;
                var chosen = parsed.GetValue(rules) is { Length: > 0 } named
                    ? named
                    : sweep?.Parameter switch
                    {
                        null => DefaultRules,
                        SweepParameter.Eta => ["ngait"],
                        SweepParameter.Gamma => ["gait"],
                        _ => ["gait", "ngait"],
                    };
                var experiments = experiment.Of(parsed, chosen);
                experiment.CheckUse(parsed, experiments, sweep?.Parameter, defect);
                var lead = AngleExperiment.Lead(experiments);
                var images = experiment.Images(parsed, lead);
                var place = ComputeDevice.Of(parsed.GetValue(device));
                var coarse = parsed.GetValue(tf32) || lead.Tf32;
                Tf32.Check(coarse, place);
                using var products = Tf32.While(coarse);
                var (pixels, labels) = Batch(images, place, parsed.GetValue(batch) ?? 64, parsed.GetValue(size));
                var study = experiment.Study(
                    parsed,
                    experiments,
                    [.. pixels.shape.Skip(1)],
                    images.ClassNames.Count,
                    parsed.GetValue(defect) ?? 0
                );
                if (sweep is var (parameter, values))
                {
                    if (parameter == SweepParameter.Depth && !Architectures.Names.Contains(study.Network.Name))
                    {
                        throw new GaitPropException(
                            $"--over {parsed.GetValue(over)} has no meaning for a network that lists its layers: write --set network=cifar-shallow, or sweep eta, gamma or defect."
                        );
                    }

                    var ways = experiment.ChoosesWay(parsed) ? [] : Ways;
                    Sweep(
                        context,
                        new AngleSweep
                        {
                            Study = study,
                            Over = parameter,
                            Values = values,
                            Ways = ways,
                            Precisions = experiments.ToDictionary(e => e.Key, e => e.Value.Precision),
                        },
                        chosen,
                        images,
                        pixels,
                        labels,
                        parsed.GetValue(save),
                        cancellation
                    );
                    return Task.FromResult(CommandLine.Success);
                }

                var angles = context.Busy(
                    Text($"Drawing {study.Network.Layers.Count} orthogonal weights and measuring {string.Join(", ", chosen)}"),
                    () => study.Measure(chosen.Select(rule => (rule, experiments[rule].Precision)), pixels, labels)
                );
                Show(context, study, chosen, images, angles, pixels, parsed.GetValue(save));
                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    /// <summary>The first test images as a network sees them, float64, enlarged by repeating pixels.</summary>
    private static (torch.Tensor Images, torch.Tensor Labels) Batch(ImageDataset data, torch.Device device, int count, int? size)
    {
        var (pixels, labels) = FirstImages.Of(data.Test, device, count);
        if (size is not { } side || side == pixels.shape[2])
        {
            return (pixels, labels);
        }

        var factor = side / pixels.shape[2];
        return factor * pixels.shape[2] == side
            ? (pixels.repeat_interleave(factor, 2).repeat_interleave(factor, 3), labels)
            : throw new GaitPropException(
                $"--size {side} is not possible: images of {pixels.shape[2]} pixels are enlarged by whole factors, to {2 * pixels.shape[2]}, {3 * pixels.shape[2]}, …."
            );
    }

    private static void Show(
        CommandContext context,
        AngleStudy study,
        IEnumerable<string> rules,
        ImageDataset data,
        AngleTable angles,
        torch.Tensor pixels,
        string? save
    )
    {
        var shape = pixels.shape;
        var caption =
            Subject(study, angles.Layers.Count, shape)
            + Text(
                $"{study.Precision.ToString().ToLowerInvariant()}{(Tf32.IsAllowed ? " with products in TF32" : "")}, {study.Auxiliary.ToString().ToLowerInvariant()} auxiliary units{Inverses(study, rules)}{Numbers(study, rules, null)}. Batch of {shape[0]} images, {data.Name}. Reference: BP in float64 on the same weights. "
            )
            + MeasuredFigures.Machine(pixels.device);
        context.Out.WriteLine(caption);
        context.Result(angles, () => AngleGrid.Of(angles));
        if (save is not null)
        {
            context.Whole(FigureFiles.Save(AngleFigure.Of("angles", "Update angles to backpropagation", caption, angles), save));
        }
    }

    /// <summary>How the rules that invert layers do so, each for itself where they differ.</summary>
    private static string Inverses(AngleStudy study, IEnumerable<string> rules)
    {
        (string Rule, InverseStrategy Inverse)[] all =
        [
            .. rules.SelectMany(rule =>
                study.Options(rule) switch
                {
                    TargetOptions family => ((string, InverseStrategy)[])[(rule, family.Inverse)],
                    TargetPropagationOptions plain => [(rule, plain.Inverse)],
                    _ => [],
                }
            ),
        ];
        return all.Select(i => i.Inverse).Distinct().ToArray() switch
        {
            [] => "",
            [var one] => $", inverse {one}",
            _ => string.Concat(all.Select(i => $", inverse of {i.Rule} {i.Inverse}")),
        };
    }

    /// <summary>The rules' own numbers, but for what varies.</summary>
    private static string Numbers(AngleStudy study, IEnumerable<string> rules, SweepParameter? over)
    {
        string[] parts =
        [
            .. rules.SelectMany(rule =>
                study.Options(rule) switch
                {
                    GaitOptions gait when over != SweepParameter.Gamma => (string[])[Text($"gamma {gait.Gamma:0.##e-0}")],
                    NormalisedGaitOptions gait =>
                    [
                        .. over == SweepParameter.Eta ? (string[])[] : [Text($"eta {gait.Eta:0.##e-0}")],
                        .. gait.Normalisation == Normalisation.Relative ? (string[])["relative normalisation"] : [],
                    ],
                    _ => [],
                }
            ),
        ];
        return string.Concat(parts.Distinct().Select(p => $", {p}"));
    }

    /// <summary>The network and its weights, the beginning of a caption.</summary>
    private static string Subject(AngleStudy study, int? layers, long[] shape)
    {
        var defect = study.Defect > 0 ? Text($" with a defect of {study.Defect:R}") : "";
        var gains = study.Gain == UnitGain.None ? "" : Text($", random gains by {(study.Gain == UnitGain.Row ? "row" : "layer")}");
        return Text(
            $"Network {study.Network.Name}, {(layers is null ? "" : Text($"{layers} layers, "))}input {string.Join(" x ", shape.Skip(1))}, random orthogonal weights of seed {study.Seed}{defect}{gains}, "
        );
    }

    private static void Sweep(
        CommandContext context,
        AngleSweep sweep,
        string[] rules,
        ImageDataset data,
        torch.Tensor pixels,
        torch.Tensor labels,
        string? save,
        CancellationToken cancellation
    )
    {
        var name = sweep.Over.ToString().ToLowerInvariant();
        var table = context.Busy(
            Text($"Measuring {string.Join(", ", rules)} at {sweep.Values.Count} values of {name}"),
            () => sweep.Measure(rules, pixels, labels, cancellation: cancellation)
        );
        var study = sweep.Study;
        var caption =
            Subject(
                sweep.Over == SweepParameter.Defect ? study with { Defect = 0 } : study,
                sweep.Over == SweepParameter.Depth ? null : study.Network.Layers.Count,
                pixels.shape
            )
            + Text(
                $"{study.Auxiliary.ToString().ToLowerInvariant()} auxiliary units{Inverses(study, rules)}{Numbers(study, rules, sweep.Over)}, not trained. Batch of {pixels.shape[0]} images, {data.Name}. Reference: BP in float64 on the same weights. "
            )
            + "An angle that is undefined, or exactly zero, leaves a gap. "
            + SweepFigure.AtZero(table)
            + MeasuredFigures.Machine(pixels.device);
        var figure = SweepFigure.Of("angles", $"Update angles over {name}", caption, table);
        context.Out.WriteLine(caption);
        context.ResultBeside(figure, AngleGrid.Of(table));
        if (save is not null)
        {
            context.Whole(FigureFiles.Save(figure, save));
        }
    }
}
