using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Tests.Runtime;

public sealed unsafe class MemoryPassTests
{
    /// <summary>TorchSharp hands out no more than two gigabytes at once. Memory that nobody writes to takes no room.</summary>
    [Fact]
    public void A_tensor_above_two_gigabytes_has_an_address_too()
    {
        using var large = empty(1, (1L << 29) + 16);

        var address = MemoryPass.Address<float>(large);
        address[large.numel() - 1] = 4.5f;

        using var last = large[0, large.numel() - 1];
        Assert.Equal(4.5f, last.item<float>());
    }

    [Fact]
    public void Values_of_another_type_are_not_read()
    {
        using var single = ones(3);
        using var half = ones(3, ScalarType.BFloat16);

        Assert.Throws<InvalidOperationException>(() => (nint)MemoryPass.Address<double>(single));
        Assert.Throws<InvalidOperationException>(() => (nint)MemoryPass.Address<float>(half));
    }
}
