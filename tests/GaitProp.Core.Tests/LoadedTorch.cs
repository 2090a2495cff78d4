using GaitProp.Tests;

[assembly: AssemblyFixture(typeof(LoadedTorch))]

namespace GaitProp.Tests;

/// <summary>libtorch, loaded before any test uses it.</summary>
public sealed class LoadedTorch
{
    public LoadedTorch()
    {
        LibTorch.Load();

        // Most networks here are tiny: a second thread costs them more than it does, and the tests of the kernel run at the same time.
        TorchSharp.torch.set_num_threads(1);
    }
}
