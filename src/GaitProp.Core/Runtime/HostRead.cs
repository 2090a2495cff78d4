using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Runtime;

/// <summary>
/// The one place where numbers of tensors come to the host. On a CPU that costs nothing. On another device it waits for everything that was
/// asked of the device before, and the device then waits for the host: a training step reads nothing there (<c>docs/speed.md</c>), and the
/// tests count.
/// </summary>
internal static class HostRead
{
    [ThreadStatic]
    private static long s_waits;

    [ThreadStatic]
    private static bool s_asOnDevice;

    /// <summary>Reads of this thread that had to wait for a device.</summary>
    public static long Waits => s_waits;

    /// <summary>Whether a tensor's memory is the host's own, so that its numbers can be looked at without a wait.</summary>
    /// <param name="tensor">Any tensor.</param>
    public static bool IsFree(Tensor tensor) => tensor.device_type == DeviceType.CPU && !s_asOnDevice;

    /// <summary>The number of a tensor with one element, whatever its type and device.</summary>
    /// <remarks>
    /// TorchSharp's own <c>ToDouble</c> lets go of the <see cref="Scalar"/> between reading its handle and using it: a garbage collection
    /// in between frees it, libtorch finds nonsense, and the process ends. Here it is held.
    /// </remarks>
    /// <param name="tensor">A tensor with one element.</param>
    public static double Number(this Tensor tensor) => Read(tensor, scalar => scalar.ToDouble());

    /// <summary>The whole number of a tensor with one element.</summary>
    /// <param name="tensor">A tensor with one element, of integers or truth values.</param>
    public static long Whole(this Tensor tensor) => Read(tensor, scalar => scalar.ToInt64());

    /// <summary>Whether the one element of a tensor is true.</summary>
    /// <param name="tensor">A tensor with one element.</param>
    public static bool IsTrue(this Tensor tensor) => Read(tensor, scalar => scalar.ToBoolean());

    /// <summary>
    /// Has this thread take every path that it would take on another device, until it is disposed of: tensors on the CPU then count as out
    /// of reach, as in the tests that count waits where there is no such device.
    /// </summary>
    public static IDisposable AsOnDevice()
    {
        s_asOnDevice = true;
        return new Pretence();
    }

    private static T Read<T>(Tensor tensor, Func<Scalar, T> read)
    {
        if (!IsFree(tensor))
        {
            s_waits++;
        }

        using var scalar = tensor.ToScalar();
        var value = read(scalar);
        GC.KeepAlive(tensor);
        return value;
    }

    private sealed class Pretence : IDisposable
    {
        public void Dispose() => s_asOnDevice = false;
    }
}
