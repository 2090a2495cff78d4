[assembly: AssemblyFixture(typeof(GaitProp.Tests.OneThread))]

namespace GaitProp.Tests;

/// <summary>
/// One thread for what the tests compute, here and in the processes that they start: several run side by side, and networks are tiny.
/// </summary>
public sealed class OneThread
{
    public OneThread()
    {
        Environment.SetEnvironmentVariable("OMP_NUM_THREADS", "1");
        LibTorch.Load();
        TorchSharp.torch.set_num_threads(1);
    }
}
