using System.Runtime.InteropServices;

namespace GaitProp.Loading;

/// <summary>
/// Has libtorch leave out those algorithms of cuDNN whose sums may come in another order each time: a run on a GPU could otherwise not be
/// resumed to the byte. TorchSharp has no switch for it; libtorch's own functions are called by their names in the library.
/// </summary>
internal static unsafe class DeterministicCuDnn
{
    /// <summary>Asks for it. On a CPU that changes nothing.</summary>
    /// <param name="library">The handle of the bridge library, through which libtorch's functions are found.</param>
    /// <returns>Whether the library has such functions; on Windows they have other names.</returns>
    public static bool Ask(nint library)
    {
        if (
            !NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out var context)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context21setDeterministicCuDNNEb", out var set)
        )
        {
            return false;
        }

        ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), 1);
        return true;
    }
}
