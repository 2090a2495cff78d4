using static TorchSharp.torch;

namespace GaitProp.Tests.Losses;

public sealed class LossTests
{
    [Fact]
    public void Cross_entropy_is_torchs_summed_over_the_batch()
    {
        using var scope = NewDisposeScope();
        var y = (10 * Numbers.Normal(1, 6, 5)).detach().requires_grad_();
        var labels = tensor(new long[] { 0, 4, 2, 2, 1, 3 });
        var expected = nn.functional.cross_entropy(y, labels, reduction: nn.Reduction.Sum);
        expected.backward();

        var loss = Loss.CrossEntropySum(y.detach(), labels);

        Assert.Equal(expected.item<double>(), loss.Value.item<double>(), 1e-12);
        Numbers.AssertClose(y.grad!, loss.Gradient, 1e-14);
    }

    /// <summary>
    /// With two classes and a margin d, 1 - p is 1 / (1 + e^d), and the loss log(1 + e^-d): closed forms that keep their digits.
    /// </summary>
    [Theory]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.Float64, 1e-14)]
    public void A_confident_label_keeps_its_digits_in_gradient_and_value(ScalarType type, double bound)
    {
        foreach (var margin in (double[])[-30, -1, 0, 1, 10, 14, 18, 21, 30])
        {
            using var scope = NewDisposeScope();
            var loss = Loss.CrossEntropySum(tensor(new[] { 0.0, margin }, dtype: type).unsqueeze(0), tensor(new long[] { 1 }));
            var missing = 1 / (1 + Math.Exp(margin));
            var value = margin > 0 ? LogOnePlus(Math.Exp(-margin)) : LogOnePlus(Math.Exp(margin)) - margin;

            Assert.Equal(1, loss.Value.to(ScalarType.Float64).item<double>() / value, bound);
            Assert.Equal(1, -loss.Gradient.to(ScalarType.Float64)[0, 1].item<double>() / missing, 30 * bound);
            Assert.Equal(1, loss.Gradient.to(ScalarType.Float64)[0, 0].item<double>() / missing, 30 * bound);
        }

        // Kahan's way: what rounding takes from 1 + x it takes from both logarithm and difference. (double.LogP1 is no more than the
        // logarithm of the sum.)
        static double LogOnePlus(double x) => 1 + x is var sum && sum == 1 ? x : x * Math.Log(sum) / (sum - 1);
    }

    [Fact]
    public void Half_the_mean_square_is_what_autograd_descends()
    {
        using var scope = NewDisposeScope();
        var y = Numbers.Normal(1, 6, 5).requires_grad_();
        var target = Numbers.Normal(2, 6, 5);
        var expected = (y - target).square().sum() / 12;
        expected.backward();

        var loss = Loss.HalfMeanSquare(y.detach(), target);

        Assert.Equal(expected.item<double>(), loss.Value.item<double>(), 1e-13);
        Numbers.AssertClose(y.grad!, loss.Gradient, 1e-14);
    }

    [Fact]
    public void Half_the_squared_error_is_what_autograd_descends_summed_over_the_batch()
    {
        using var scope = NewDisposeScope();
        var y = Numbers.Normal(1, 6, 5).requires_grad_();
        var labels = tensor(new long[] { 0, 4, 2, 2, 1, 3 });
        var expected = nn.functional.mse_loss(y, nn.functional.one_hot(labels, 5).to(ScalarType.Float64), reduction: nn.Reduction.Sum) / 2;
        expected.backward();

        foreach (var loss in (LossGradient[])[Loss.HalfSquareSum(y.detach(), labels), Loss.Sum(LossKind.Mse, y.detach(), labels)])
        {
            Assert.Equal(expected.item<double>(), loss.Value.item<double>(), 1e-13);
            Numbers.AssertClose(y.grad!, loss.Gradient, 1e-14);
        }
    }

    /// <summary>By hand: outputs 1, 2 with the label 1 miss by 1 and 1, so the loss is 1 and the gradient 1, 1.</summary>
    [Fact]
    public void Half_the_squared_error_is_the_one_of_the_definition()
    {
        using var scope = NewDisposeScope();
        var loss = Loss.HalfSquareSum(
            tensor(
                new[,]
                {
                    { 1.0, 2.0 },
                }
            ),
            tensor(new long[] { 1 })
        );

        Assert.Equal(1, loss.Value.item<double>());
        Assert.Equal([1.0, 1.0], loss.Gradient.data<double>().ToArray());
    }

    [Fact]
    public void A_kind_of_loss_is_the_loss_that_it_names()
    {
        using var scope = NewDisposeScope();
        var (y, labels) = (Numbers.Normal(1, 3, 4), tensor(new long[] { 0, 3, 1 }));

        Assert.Equal(Loss.CrossEntropySum(y, labels).Value.item<double>(), Loss.Sum(LossKind.CrossEntropy, y, labels).Value.item<double>());
        Assert.Equal(default, LossKind.CrossEntropy);
    }

    [Fact]
    public void An_empty_batch_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith(
            "the loss of an empty batch is not defined",
            Assert.Throws<GaitPropException>(() => Loss.CrossEntropySum(zeros(0, 3), zeros(0, ScalarType.Int64))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Outputs_and_labels_must_be_equally_many()
    {
        using var scope = NewDisposeScope();
        Assert.Contains(
            "2 outputs came with 3 targets",
            Assert.Throws<GaitPropException>(() => Loss.CrossEntropySum(zeros(2, 3), zeros(3, ScalarType.Int64))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "2 outputs came with 3 targets",
            Assert.Throws<GaitPropException>(() => Loss.HalfSquareSum(zeros(2, 3), zeros(3, ScalarType.Int64))).Message,
            StringComparison.Ordinal
        );
    }
}
