using System.Runtime.InteropServices;

namespace GaitProp.Tests.Loading;

public sealed class DeterministicCuDnnTests
{
    /// <summary>libtorch's own function tells, on a CPU too.</summary>
    [Fact]
    public void After_loading_only_deterministic_algorithms_are_taken()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the functions have other names.");
        LibTorch.Load();
        var library = NativeLibrary.Load(LibTorch.BridgeFile!);

        Assert.NotEqual(0, Function<Get>("_ZNK2at7Context18deterministicCuDNNEv")(Function<Context>("_ZN2at13globalContextEv")()));

        TFunction Function<TFunction>(string name)
            where TFunction : Delegate => Marshal.GetDelegateForFunctionPointer<TFunction>(NativeLibrary.GetExport(library, name));
    }

    private delegate nint Context();

    private delegate byte Get(nint context);
}
