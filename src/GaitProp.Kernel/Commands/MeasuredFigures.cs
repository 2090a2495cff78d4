using GaitProp.Data;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Studies;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// The figures of the paper that show the rule and its networks: they are measured on one batch or picture in seconds, nothing is trained.
/// </summary>
internal static class MeasuredFigures
{
    private const int Batch = 64;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fig1", "fig2", "fig3"];

    /// <summary>The longest side of a picture, in pixels.</summary>
    private const int PictureSide = 128;

    /// <summary>Measures and draws up a figure.</summary>
    /// <param name="context">Where the numbers go as words.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="data">Where the images are, if that was said.</param>
    /// <param name="picture">A picture of the user's own, or <see langword="null"/>.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <param name="device">Where to compute.</param>
    public static Figure Make(CommandContext context, string name, string? data, string? picture, int seed, torch.Device device)
    {
        LibTorch.Load();
        using var scope = torch.NewDisposeScope();
        return name switch
        {
            "fig1" => Targets(context, name, DataSets.Cifar10OrEmbedded(data), seed, device),
            "fig2" => Convolution(context, name, picture, seed, device),
            _ => Architecture(context, name),
        };
    }

    private static Figure Targets(CommandContext context, string name, ImageDataset images, int seed, torch.Device device)
    {
        var (pixels, labels) = FirstImages.Of(images.Test, device, Batch);
        var study = new TargetStudy
        {
            Network = Architectures.Define("cifar-deep", [.. pixels.shape.Skip(1)], images.ClassNames.Count, null),
            Seed = seed,
        };
        var table = context.Busy("Measuring targets in three ways of computing", () => study.Measure(pixels, labels));
        var caption =
            Text(
                $"Data: {images.Name}, the first {pixels.shape[0]} test images. Network: {study.Network.Name}, {table.Layers.Count} layers, random orthogonal weights of seed {seed}, not trained. "
            )
            + Text(
                $"t − a: target minus activation; its true value is that of the displacement form in float64, which loses no digits. GAIT: gamma = 1e-3 in every layer; normalised GAIT: the distance of each target is eta = 1e-7. "
            )
            + Machine(device);
        if (context.Results is null)
        {
            context.Show(TargetGrid.Of(table));
        }

        return TargetFigure.Of(name, "Figure 1: why targets are normalised", caption, table);
    }

    private static Figure Convolution(CommandContext context, string name, string? file, int seed, torch.Device device)
    {
        var picture = file is null ? new FigureImage(96, 96, Landscape.Draw(96)) : ImageFile.Read(file, PictureSide);
        var study = new ConvolutionStudy { Seed = seed };
        var table = context.Busy("Inverting a convolution", () => study.Measure(picture.ToTensor().to(device)));
        if (context.Results is null)
        {
            context.Show(
                new Table(
                    [
                        new("overlapping patches are", Quantity.Words),
                        new("error of the picture", Quantity.Error),
                        new("nudge: angle to BP", Quantity.Angle),
                        new("length over BP's", Quantity.Loss),
                    ],
                    [.. table.Ways.Select(way => new Row(way.Name, way.Error, way.Angle, way.Length))]
                )
            );
        }

        var shown = file is null
            ? Text(
                $"a landscape of {picture.Width} x {picture.Height} pixels that this program draws (no photograph comes with it; --image FILE takes yours)"
            )
            : Text($"{Path.GetFileName(file)}, {picture.Width} x {picture.Height} pixels");
        var channels = 3 * study.Kernel * study.Kernel;
        var caption =
            Text(
                $"Picture: {shown}. Convolution: {study.Kernel} x {study.Kernel}, stride {study.Stride}, {channels} channels, so that each patch of {channels} values has as many outputs; random orthogonal weights of seed {seed}, leaky ReLU, float64. "
            )
            + Text(
                $"Where patches overlap each pixel is rebuilt count times, and count − 1 of them are taken off. Dividing by count would rebuild the picture too (relative error {table.Divided.Error:0.0e+0}), but not carry a nudge of the outputs down as BP does: F and G show it, grey is zero. "
            )
            + Machine(device);
        return ConvolutionFigure.Of(name, "Figure 2: the inverse of a convolution", caption, picture, study, table);
    }

    private static Figure Architecture(CommandContext context, string name)
    {
        NetworkDefinition[] networks =
        [
            .. Architectures.Names.Select(n =>
                n == "imagenet" ? Architectures.Define(n, [3, 224, 224], 1000) : Architectures.Define(n, [3, 32, 32], 10)
            ),
        ];
        if (context.Results is null)
        {
            var millions = new Quantity("", v => Text($"{v / 1e6:N1}"));
            context.Show(
                new Table(
                    [
                        new("network", Quantity.Words),
                        new("layers", Quantity.Count),
                        new("units kept", Quantity.Count),
                        new("auxiliary", Quantity.Count),
                        new("parameters kept", Quantity.Count),
                        new("auxiliary", Quantity.Count),
                        new("Mflop kept", millions),
                        new("auxiliary", millions),
                    ],
                    [
                        .. networks
                            .Select(n => (Network: n, Layers: n.Sizes()))
                            .Select(n => new Row(
                                n.Network.Name,
                                n.Layers.Count,
                                n.Layers.Sum(l => l.KeptUnits),
                                n.Layers.Sum(l => l.AuxiliaryUnits),
                                n.Layers.Sum(l => l.KeptParameters),
                                n.Layers.Sum(l => l.AuxiliaryParameters),
                                n.Layers.Sum(l => l.KeptFlops),
                                n.Layers.Sum(l => l.AuxiliaryFlops)
                            )),
                    ]
                )
            );
        }

        var caption =
            "The published networks as GAIT rules need them: every layer but the first gets auxiliary units until it has as many outputs as inputs. Only kept units go on (of the last layer they are the logits). "
            + "BP and FA have the kept part alone; so have GAIT rules with implicit auxiliary units, whose auxiliary rows are never computed. Convolutions: kernel / stride, kept channels. "
            + "Inputs: 3 x 32 x 32 and 10 classes, imagenet 3 x 224 x 224 and 1000. In A: what is kept of all units, or channels; the width of a bar is the square root of its units, within each network. Mflop: one image's forward pass, two operations for each weight and position.";
        return ArchitectureFigure.Of(name, "Figure 3: the networks, with kept and auxiliary units", caption, networks);
    }

    /// <summary>The sentence of a caption that says what measured it.</summary>
    public static string Machine(torch.Device device)
    {
        var machine = RunEnvironment.Here(device);
        return Text($"Machine: {machine}; GaitProp {machine.Version}.");
    }
}
