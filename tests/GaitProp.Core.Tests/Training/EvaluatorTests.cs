using GaitProp.Data;
using GaitProp.Ranks;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

public sealed class EvaluatorTests
{
    [Theory]
    [InlineData(DataPart.Test)]
    [InlineData(DataPart.Train)]
    [InlineData(DataPart.Validation)]
    public void Numbers_are_those_of_a_count_by_hand_image_by_image(DataPart part)
    {
        // More images than a batch has.
        var data = SyntheticImages.Generate(train: 1100, test: 1203);
        using var network = Network.Build(
            NetworkDefinition.Parse("mine", [3, 32, 32], "dense 40, dense 10"),
            AuxiliaryUnits.None,
            seed: 3,
            gain: UnitGain.Row
        );
        var held = data.Train.Count / 4;
        var split = part switch
        {
            DataPart.Test => data.Test,
            DataPart.Train => data.Train.HeldOut(held).Kept,
            _ => data.Train.HeldOut(held).HeldOut!,
        };
        var (confusion, five, loss) = (new long[10, 10], 0, 0.0);
        using (NewDisposeScope())
        {
            var pixels = (tensor(split.Pixels.ToArray(), [split.Count, 3, 32, 32]).to(ScalarType.Float32) / 255 - 0.5f) / 0.25f;
            var logits = network.Predict(pixels).data<float>().ToArray().Chunk(10).ToArray();
            foreach (var (image, scores) in logits.Index())
            {
                // The classes from the likeliest down: a literal sort.
                int[] order = [.. Enumerable.Range(0, 10).OrderByDescending(c => scores[c])];
                var label = split.Label(image);
                confusion[label, order[0]]++;
                five += order.Take(5).Contains(label) ? 1 : 0;
                loss += Math.Log(scores.Sum(s => Math.Exp(s))) - scores[label];
            }
        }

        var evaluation = Evaluator.Evaluate(
            network,
            data,
            part,
            validationImages: held,
            cancellation: TestContext.Current.CancellationToken
        );

        Assert.Equal(split.Count, evaluation.Images);
        Assert.Equal(Enumerable.Range(0, 10).Select(r => Enumerable.Range(0, 10).Select(c => confusion[r, c])), evaluation.Confusion);
        Assert.Equal((double)five / split.Count, evaluation.Top5);
        Assert.Equal(loss / split.Count, evaluation.Loss, 5);
        Assert.InRange(evaluation.Top1, 1e-3, evaluation.Top5);
        Assert.Equal(data.ClassNames, evaluation.ClassNames);
    }

    [Fact]
    public void A_network_of_other_classes_or_without_finite_weights_is_refused_in_one_line()
    {
        var data = SyntheticImages.Generate(train: 10, test: 10);
        using var other = Network.Build(NetworkDefinition.Parse("other", [3, 32, 32], "dense 7"), AuxiliaryUnits.None, seed: 1);
        using var broken = Network.Build(NetworkDefinition.Parse("broken", [3, 32, 32], "dense 10"), AuxiliaryUnits.None, seed: 1);
        using (no_grad())
        {
            broken.Layers[0].Weight.fill_(float.NaN);
        }

        Assert.Matches("^network other cannot be evaluated on .*: it has 7 outputs, and the data has 10 classes.$", Refused(other));
        Assert.Matches("^network broken cannot be evaluated: its loss .* is not finite.$", Refused(broken));

        string Refused(Network network) =>
            Assert
                .Throws<GaitPropException>(() => Evaluator.Evaluate(network, data, cancellation: TestContext.Current.CancellationToken))
                .Message;
    }

    /// <summary>Ten batches where every look waits. The sum of the losses is the host's to the last bit.</summary>
    [Theory]
    [InlineData(LossKind.CrossEntropy)]
    [InlineData(LossKind.Mse)]
    public void It_looks_at_a_device_once_and_adds_up_as_the_host_does(LossKind kind)
    {
        const int count = 96;
        var split = SyntheticImages.Generate(train: 1, test: count).Test;
        using var network = Network.Build(NetworkDefinition.Parse("mine", [3, 32, 32], "dense 24, dense 10"), AuxiliaryUnits.None, seed: 3);
        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(split, network.DataType, network.Device);
        using var device = HostRead.AsOnDevice();
        var (loss, right) = (0.0, 0L);
        for (var start = 0; start < count; start += 10)
        {
            var (pixels, labels) = images.Range(start, Math.Min(10, count - start));
            var output = network.Predict(pixels);
            loss += Loss.Sum(kind, output, labels).Value.Number();
            right += output.argmax(1).eq(labels).sum().Whole();
        }

        var (waits, batches) = (HostRead.Waits, 0);
        var measured = Evaluator.Measure(
            network,
            images,
            kind,
            batch: 10,
            RankGroup.Alone,
            () => batches++,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(10, batches);
        Assert.InRange(HostRead.Waits - waits, 0, 1);
        Assert.Equal((loss / count, (double)right / count), (measured.Loss, measured.Top1));
    }

    [Theory]
    [InlineData(DataPart.Train)]
    [InlineData(DataPart.Validation)]
    public void Fewer_than_no_validation_images_are_refused_in_one_line(DataPart part)
    {
        using var network = Network.Build(NetworkDefinition.Parse("mine", [3, 32, 32], "dense 10"), AuxiliaryUnits.None, seed: 1);
        var error = Assert.Throws<GaitPropException>(() =>
            Evaluator.Evaluate(
                network,
                SyntheticImages.Generate(train: 10, test: 10),
                part,
                validationImages: -1,
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Equal("validationImages -1 is not possible: it must be 0 or more.", error.Message);
    }

    [Fact]
    public void It_stops_between_batches()
    {
        using var network = Network.Build(NetworkDefinition.Parse("mine", [3, 32, 32], "dense 10"), AuxiliaryUnits.None, seed: 1);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Evaluator.Evaluate(network, SyntheticImages.Generate(train: 10, test: 10), cancellation: new CancellationToken(canceled: true))
        );
    }
}
