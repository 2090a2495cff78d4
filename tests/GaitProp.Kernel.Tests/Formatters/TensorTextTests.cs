using GaitProp.Kernel.Formatters;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive.Formatting;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Tests.Formatters;

public sealed class TensorTextTests
{
    static TensorTextTests() => LibTorch.Load();

    [Fact]
    public void Numbers_stand_in_aligned_columns_and_brackets()
    {
        using var scope = NewDisposeScope();

        Assert.Equal("3.25", TensorText.Numbers(tensor(3.25f)));
        Assert.Equal("[0.33333     -12   1E-09]", TensorText.Numbers(tensor([1 / 3.0, -12, 1e-9])));
        Assert.Equal(
            "[[       1      NaN]\n [      -3 Infinity]]",
            TensorText.Numbers(
                tensor(
                    new[,]
                    {
                        { 1f, float.NaN },
                        { -3f, float.PositiveInfinity },
                    }
                )
            )
        );
        Assert.Equal(
            "[[[ 0  1  2  3]\n  [ 4  5  6  7]\n  [ 8  9 10 11]]\n\n [[12 13 14 15]\n  [16 17 18 19]\n  [20 21 22 23]]]",
            TensorText.Numbers(arange(24, ScalarType.Int64).reshape(2, 3, 4))
        );
    }

    [Fact]
    public void Every_type_has_its_own_words()
    {
        using var scope = NewDisposeScope();

        Assert.Equal("[ true false]", TensorText.Numbers(tensor(new[] { true, false })));
        Assert.Equal("[  0 255]", TensorText.Numbers(tensor(new byte[] { 0, 255 })));
        Assert.Equal("[-9007199254740993]", TensorText.Numbers(tensor(new[] { -9007199254740993L })));
        Assert.Equal("[0.5]", TensorText.Numbers(tensor(0.5f).reshape(1).to(ScalarType.BFloat16)));
        Assert.Equal("[1-2i 0+3i]", TensorText.Numbers(complex(tensor(new[] { 1f, 0f }), tensor(new[] { -2f, 3f }))));
    }

    [Fact]
    public void A_long_row_is_broken_and_keeps_its_columns()
    {
        using var scope = NewDisposeScope();
        var lines = TensorText.Numbers(arange(100, ScalarType.Int64)).Split('\n');

        Assert.All(lines, line => Assert.True(line.Length <= 121, line));
        Assert.Equal("[ 0  1  2", lines[0][..9]);
        Assert.Equal(" 40 41 42", lines[1][..9]);
        Assert.EndsWith(" 99]", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_is_written_in_its_own_order_and_a_tensor_that_learns_as_it_is()
    {
        using var scope = NewDisposeScope();

        Assert.Equal("[[0 3]\n [1 4]\n [2 5]]", TensorText.Numbers(arange(6, ScalarType.Float32).reshape(2, 3).t()));
        Assert.Equal("[1 1]", TensorText.Numbers(ones(2, requires_grad: true)));
    }

    [Fact]
    public void The_plain_text_begins_with_shape_type_and_device()
    {
        using var tensor = (Tensor)Samples.All["whole numbers"]();

        Assert.StartsWith(
            "[2x3x4], type = Int64, device = cpu\n[[[ 0  1",
            Formatted.Bundle(tensor).Data[MimeBundle.PlainText].ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(Formatted.Bundle(tensor).Data[MimeBundle.PlainText].ToString(), tensor.ToDisplayString(MimeBundle.PlainText));
    }

    /// <summary>TorchSharp's own text ended the process here: its tensors and scalars were freed while libtorch read them.</summary>
    [Fact]
    public async Task Memory_may_be_collected_while_numbers_are_written()
    {
        GaitPropFormatters.Register();
        using var done = new CancellationTokenSource();
        var collecting = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    GC.Collect(0);
                    GC.WaitForPendingFinalizers();
                }
            },
            TestContext.Current.CancellationToken
        );
        using var bytes = (Tensor)Samples.All["bytes"]();
        var text = TensorText.Numbers(bytes);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(text, TensorText.Numbers(bytes));
            Assert.Contains("byte, cpu", bytes.ToDisplayString(MimeBundle.Html), StringComparison.Ordinal);
        }

        await done.CancelAsync();
        await collecting;
    }
}
