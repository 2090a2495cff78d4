using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Languages;

/// <summary>Tensors as arrays, for languages that know no tensors.</summary>
internal static class TensorArray
{
    /// <summary>
    /// The array of a tensor, of its shape; any other value as it is. Nothing is lost: bfloat16 becomes float, which has all its values.
    /// </summary>
    /// <param name="value">A value.</param>
    public static object Plain(object value) =>
        value.GetType().Namespace?.StartsWith("TorchSharp", StringComparison.Ordinal) == true ? OfTensor(value) : value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object OfTensor(object value)
    {
        if (value is not Tensor tensor)
        {
            return value;
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var dense = tensor.detach().cpu();
        dense = dense.is_sparse ? dense.to_dense() : dense;
        return dense.dtype switch
        {
            ScalarType.BFloat16 => Array<float>(dense.to(ScalarType.Float32)),
            ScalarType.Float16 => Array<Half>(dense),
            ScalarType.Float32 => Array<float>(dense),
            ScalarType.Float64 => Array<double>(dense),
            ScalarType.Byte => Array<byte>(dense),
            ScalarType.Int8 => Array<sbyte>(dense),
            ScalarType.Int16 => Array<short>(dense),
            ScalarType.Int32 => Array<int>(dense),
            ScalarType.Int64 => Array<long>(dense),
            ScalarType.Bool => Array<bool>(dense),
            ScalarType.ComplexFloat64 => Array<System.Numerics.Complex>(dense),
            ScalarType.ComplexFloat32 => Array<System.Numerics.Complex>(dense.to(ScalarType.ComplexFloat64)),
            var other => throw new GaitPropException(
                $"a tensor of {other} has no array that other languages know: convert it first, with .to(ScalarType.Float32)."
            ),
        };
    }

    private static object Array<T>(Tensor tensor)
        where T : unmanaged
    {
        var numbers = tensor.contiguous().data<T>().ToArray();
        if (tensor.dim() == 0)
        {
            return numbers[0];
        }

        var shape = tensor.shape;
        if (shape.Length == 1)
        {
            return numbers;
        }

        var array = System.Array.CreateInstance(typeof(T), shape);
        if (array.Length > 0)
        {
            System
                .Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan())
                .CopyTo(
                    System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
                        ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array),
                        array.Length * Unsafe.SizeOf<T>()
                    )
                );
        }

        return array;
    }
}
