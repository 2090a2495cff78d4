using System.Runtime.InteropServices;
using System.Text;

namespace GaitProp.Loading;

/// <summary>What the CUDA driver says of a device. libtorch knows it too, but TorchSharp does not ask it.</summary>
internal static unsafe class CudaDriver
{
    private static nint s_driver;
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    /// <summary>
    /// Bytes in use on the device that this thread computes on, by every process; <see langword="null"/> where there is no driver, or
    /// nothing was computed yet.
    /// </summary>
    public static long? BytesInUse()
    {
        nuint free,
            total;
        return
            Names.Any(name => NativeLibrary.TryLoad(name, out s_driver))
            && NativeLibrary.TryGetExport(s_driver, "cuMemGetInfo_v2", out var get)
            && ((delegate* unmanaged<nuint*, nuint*, int>)get)(&free, &total) == 0
            ? (long)(total - free)
            : null;
    }

    /// <summary>
    /// A device's name and memory, such as <c>NVIDIA H100 80GB HBM3</c> and 85 GB; <see langword="null"/> where there is no driver or no
    /// such device.
    /// </summary>
    /// <param name="index">The device, counted from 0.</param>
    public static (string Name, long Bytes)? Device(int index)
    {
        nint driver = 0;
        if (
            !Names.Any(name => NativeLibrary.TryLoad(name, out driver))
            || !NativeLibrary.TryGetExport(driver, "cuInit", out var initialise)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGet", out var get)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetName", out var getName)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceTotalMem_v2", out var getMemory)
        )
        {
            return null;
        }

        int device;
        nuint bytes;
        var name = stackalloc byte[256];
        return
            ((delegate* unmanaged<uint, int>)initialise)(0) == 0
            && ((delegate* unmanaged<int*, int, int>)get)(&device, index) == 0
            && ((delegate* unmanaged<byte*, int, int, int>)getName)(name, 256, device) == 0
            && ((delegate* unmanaged<nuint*, int, int>)getMemory)(&bytes, device) == 0
            ? (Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)), (long)bytes)
            : null;
    }
}
