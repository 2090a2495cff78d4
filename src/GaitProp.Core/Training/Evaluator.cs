using GaitProp.Data;
using GaitProp.Layers;
using GaitProp.Ranks;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Measures how well a network tells images, batch by batch.</summary>
public static class Evaluator
{
    /// <summary>Values of the images of a batch at the most: a thousand of CIFAR-10's images, eighty at 224 pixels.</summary>
    private const int BatchValues = 12_288_000;

    /// <summary>Evaluates a network on a part of a data set.</summary>
    /// <param name="network">The network; its inputs are the images as training sees them.</param>
    /// <param name="data">The data set.</param>
    /// <param name="part">The part.</param>
    /// <param name="loss">The loss that is measured beside.</param>
    /// <param name="validationImages">The last training images that training held out: they are the validation part, and no part of the
    /// training part.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="GaitPropException">The network has not one output a class, the part has no images or cannot be held out, or the
    /// loss is not finite.</exception>
    public static Evaluation Evaluate(
        Network network,
        ImageDataset data,
        DataPart part = DataPart.Test,
        LossKind loss = LossKind.CrossEntropy,
        int validationImages = 0,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        LibTorch.Load();
        var split = part switch
        {
            DataPart.Test => data.Test,
            DataPart.Train => data.Train.HeldOut(validationImages).Kept,
            _ => data.Train.HeldOut(validationImages).HeldOut,
        };
        var classes = data.ClassNames.Count;
        if (network.Layers[^1].OutputShape is not [var outputs] || outputs != classes)
        {
            throw new GaitPropException(
                $"network {network.Name} cannot be evaluated on {data.Name}: it has {Shapes.Text(network.Layers[^1].OutputShape)} outputs, and the data has {classes} classes."
            );
        }

        if (split is null or { Count: 0 })
        {
            throw new GaitPropException(
                $"{data.Name} has no images to evaluate in its {part.ToString().ToLowerInvariant()} part{(split is null ? ": training held none out" : "")}."
            );
        }

        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(split, network.DataType, network.Device);
        var confusion = zeros([classes * classes], ScalarType.Int64, network.Device);
        var (mean, _, five) = Measure(
            network,
            images,
            loss,
            BatchOf(split),
            RankGroup.Alone,
            () => { },
            cancellation,
            (said, labels) =>
            {
                var places = (labels * classes) + said;
                confusion.scatter_add_(0, places, ones_like(places));
            }
        );
        if (!double.IsFinite(mean))
        {
            throw new GaitPropException(
                $"network {network.Name} cannot be evaluated: its loss on the images of {data.Name} is not finite."
            );
        }

        var counts = confusion.cpu().data<long>().ToArray();
        return new Evaluation(network.Name, "", data.Name, part, data.ClassNames, [.. counts.Chunk(classes)], mean, five);
    }

    /// <summary>Images of a batch.</summary>
    internal static int BatchOf(ImageSplit split) => Math.Clamp(BatchValues / split.ValuesPerImage, 1, 1000);

    /// <summary>Loss an image, and the shares of images whose class is the likeliest, and among the five likeliest.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">The images.</param>
    /// <param name="kind">The loss.</param>
    /// <param name="batch">Images at once.</param>
    /// <param name="ranks">Who shares the images; all of them get the whole's.</param>
    /// <param name="tick">Called after every batch.</param>
    /// <param name="cancellation">Stops between batches; where ranks share the images, all of them if it stops one.</param>
    /// <param name="each">Given the likeliest class of each image of a batch, and its own, int64 <c>[batch]</c>.</param>
    internal static (double Loss, double Top1, double Top5) Measure(
        Network network,
        TrainingImages images,
        LossKind kind,
        int batch,
        RankGroup ranks,
        Action tick,
        CancellationToken cancellation,
        Action<Tensor, Tensor>? each = null
    )
    {
        // Loss, and images whose class is the likeliest, or among the five likeliest, added up where they are computed: a look at every batch
        // would be a wait for the device. Float64 adds the losses as the host does, and counts exactly.
        using var unlearned = no_grad();
        using var whole = NewDisposeScope();
        var measured = zeros(3, ScalarType.Float64, network.Device);
        var share = BatchShare.Of(ranks, images.Count);
        var end = share.First + share.Length;
        for (var start = share.First; start < end && !cancellation.IsCancellationRequested; start += batch)
        {
            using var scope = NewDisposeScope();
            var (pixels, labels) = images.Range(start, Math.Min(batch, end - start));
            var output = network.Predict(pixels);
            var said = output.argmax(1);
            var five = output.topk((int)Math.Min(5, output.shape[1]), 1).indexes.eq(labels.unsqueeze(1));
            Tensor[] here = [Loss.Sum(kind, output, labels).Value, said.eq(labels).sum(), five.sum()];
            measured.add_(stack(Array.ConvertAll(here, sum => sum.to(ScalarType.Float64))));
            each?.Invoke(said, labels);
            tick();
        }

        double[] sums = [.. measured.cpu().data<double>(), cancellation.IsCancellationRequested ? 1 : 0];
        ranks.Sum_(sums);
        return sums[3] > 0
            ? throw new OperationCanceledException(cancellation)
            : (sums[0] / images.Count, sums[1] / images.Count, sums[2] / images.Count);
    }
}
