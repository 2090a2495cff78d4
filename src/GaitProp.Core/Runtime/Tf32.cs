using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Runtime;

/// <summary>
/// Whether CUDA devices round the factors of float32 products to TF32. libtorch allows it in convolutions unless it is told otherwise: the
/// rule's updates would be off by more than float32's digits, and nobody would know why. libtorch has one switch for the whole
/// process: runs that compute in it at the same time must all have it one way.
/// </summary>
internal static class Tf32
{
    /// <summary>Allows or forbids it, in the whole process.</summary>
    /// <param name="allowed">Whether it is allowed.</param>
    private static void Allow(bool allowed) => (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = (allowed, allowed);

    /// <summary>Allows or forbids it, in the whole process, until what is returned is disposed of; then it is forbidden.</summary>
    /// <param name="allowed">Whether it is allowed.</param>
    public static IDisposable While(bool allowed)
    {
        Allow(allowed);
        return new Allowance();
    }

    /// <summary>Whether it is allowed now.</summary>
    public static bool IsAllowed => backends.cuda.matmul.allow_tf32 || backends.cudnn.allow_tf32;

    /// <summary>Refuses it where there is no such thing.</summary>
    /// <param name="wanted">Whether it is wanted.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="GaitPropException">The device has no TF32.</exception>
    public static void Check(bool wanted, Device device)
    {
        if (wanted && device.type != DeviceType.CUDA)
        {
            throw new GaitPropException(
                $"tf32 true is not possible on {device}: only CUDA devices compute in TF32; take --device cuda, or leave it out."
            );
        }
    }

    /// <summary>As it is in this kit unless somebody asks for it.</summary>
    public static void Forbid() => Allow(false);

    private sealed class Allowance : IDisposable
    {
        public void Dispose() => Forbid();
    }
}
