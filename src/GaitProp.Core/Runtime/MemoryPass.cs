using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GaitProp.Runtime;

/// <summary>One pass over the memory of tensors on the CPU, in parts that libtorch's number of threads share.</summary>
internal static unsafe class MemoryPass
{
    /// <summary>Values of a part; a multiple of every vector's width.</summary>
    public const int ChunkLength = 1 << 16;

    /// <summary>Where the values of a contiguous tensor begin; they stay there as long as the tensor is alive.</summary>
    /// <param name="tensor">On the CPU, of type <typeparamref name="T"/>.</param>
    /// <exception cref="InvalidOperationException">It lies elsewhere, or its values are of another type.</exception>
    public static T* Address<T>(Tensor tensor)
        where T : unmanaged
    {
        if (!HostRead.IsFree(tensor))
        {
            throw new InvalidOperationException($"The memory of a tensor on {tensor.device} is out of the host's reach.");
        }

        var type = tensor.dtype;
        if (
            type is ScalarType.BFloat16 or ScalarType.Float16
            || (typeof(T) == typeof(float) && type != ScalarType.Float32)
            || (typeof(T) == typeof(double) && type != ScalarType.Float64)
        )
        {
            throw new InvalidOperationException($"The values of a tensor of {type} are no {typeof(T).Name}.");
        }

        if (tensor.numel() * tensor.element_size() <= int.MaxValue)
        {
            return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
        }

        // TorchSharp hands out no more than two gigabytes at once; the rest lies behind the first value.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>Walks through all values.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="part">Does those from the first number up to, and without, the second.</param>
    /// <param name="length">Values of a part; they are never fewer than 64.</param>
    public static void Run(long count, Action<long, long> part, long length = ChunkLength)
    {
        length = Math.Max(length, 64);
        var chunks = (int)((count + length - 1) / length);
        if (chunks <= 1)
        {
            part(0, count);
            return;
        }

        Parallel.For(
            0,
            chunks,
            new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() },
            chunk => part(chunk * length, Math.Min(count, (chunk + 1L) * length))
        );
    }
}
