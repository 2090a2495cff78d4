using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Tests.Runtime;

[Collection(Alone.Name)]
public sealed class NativeHeapTests
{
    static NativeHeapTests() => LibTorch.Load();

    [Fact]
    public void Memory_of_a_split_heap_is_given_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems keep no memory.");
        var (large, small) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < 80; i++)
        {
            large.Add(ones(10_000_000, ScalarType.Byte));
            small.Add(ones(1000, ScalarType.Byte));
        }

        large.ForEach(tensor => tensor.Dispose());
        var kept = Environment.WorkingSet;
        NativeHeap.GiveBack();

        Assert.True(kept - Environment.WorkingSet > 400_000_000, $"{kept} bytes before, {Environment.WorkingSet} bytes after");
        small.ForEach(tensor => tensor.Dispose());
    }
}
