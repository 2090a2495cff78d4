using System.Runtime.InteropServices;

namespace GaitProp.Loading;

/// <summary>
/// Puts a guard before <c>THSTensor_matmul</c>. Upstream (TorchSharp 0.107, <c>src/Native/LibTorchSharp/THSTensor.cpp</c>) wraps every
/// other operation of a tensor in <c>CATCH_TENSOR</c> and forgot it for this one: a mistake in shape or type throws a C++ exception through
/// .NET's frames, which ends the process. The function's first bytes become a jump to here; what is not possible goes to a smaller
/// operation that refuses it in libtorch's own words and has its catch, so that TorchSharp throws what it throws for every other operation.
/// Linux on x64 only: on Windows such an exception is an ordinary one already.
/// </summary>
internal static unsafe class GuardedMatmul
{
    private static delegate* unmanaged<nint, long> s_sides;
    private static delegate* unmanaged<nint, long, long> s_size;
    private static delegate* unmanaged<nint, sbyte> s_type;
    private static delegate* unmanaged<nint, nint, nint> s_mm,
        s_mv,
        s_dot,
        s_bmm,
        s_multiply;
    private static delegate* unmanaged<nint, long, long, nint> s_select;
    private static delegate* unmanaged<nint, long, nint> s_unsqueeze;
    private static delegate* unmanaged<nint, void> s_dispose;
    private static delegate* unmanaged<nuint, nint> s_new;
    private static delegate* unmanaged<nint, nint, nint, nint> s_matmul;

    /// <summary>Guards the function of a bridge library, if this system is one where that is needed and possible.</summary>
    /// <param name="library">The handle of the library.</param>
    /// <returns>Whether it is guarded.</returns>
    public static bool Guard(nint library)
    {
        if (
            !NativeCode.IsPossible
            || !NativeLibrary.TryGetExport(library, "THSTensor_matmul", out var function)
            || !Find("THSTensor_ndimension", out var sides)
            || !Find("THSTensor_size", out var size)
            || !Find("THSTensor_type", out var type)
            || !Find("THSTensor_mm", out var mm)
            || !Find("THSTensor_mv", out var mv)
            || !Find("THSTensor_dot", out var dot)
            || !Find("THSTensor_bmm", out var bmm)
            || !Find("THSTensor_mul", out var multiply)
            || !Find("THSTensor_select", out var select)
            || !Find("THSTensor_unsqueeze", out var unsqueeze)
            || !Find("THSTensor_dispose", out var dispose)
            || !Find("_Znwm", out var operatorNew)
            || !Find("_ZN2at4_ops6matmul4callERKNS_6TensorES4_", out var matmul)
        )
        {
            return false;
        }

        s_multiply = (delegate* unmanaged<nint, nint, nint>)multiply;
        s_select = (delegate* unmanaged<nint, long, long, nint>)select;
        s_unsqueeze = (delegate* unmanaged<nint, long, nint>)unsqueeze;
        s_dispose = (delegate* unmanaged<nint, void>)dispose;
        s_sides = (delegate* unmanaged<nint, long>)sides;
        s_size = (delegate* unmanaged<nint, long, long>)size;
        s_type = (delegate* unmanaged<nint, sbyte>)type;
        s_mm = (delegate* unmanaged<nint, nint, nint>)mm;
        s_mv = (delegate* unmanaged<nint, nint, nint>)mv;
        s_dot = (delegate* unmanaged<nint, nint, nint>)dot;
        s_bmm = (delegate* unmanaged<nint, nint, nint>)bmm;
        s_new = (delegate* unmanaged<nuint, nint>)operatorNew;
        s_matmul = (delegate* unmanaged<nint, nint, nint, nint>)matmul;
        delegate* unmanaged<nint, nint, nint> guard = &Matmul;

        // The function is four times as long as the jump.
        return NativeCode.Redirect(function, (nint)guard);

        bool Find(string name, out nint address) => NativeLibrary.TryGetExport(library, name, out address);
    }

    /// <summary>
    /// What the function does, for operands that fit. Those of two sides and less go where there is a catch, which also tells that memory
    /// is out.
    /// </summary>
    [UnmanagedCallersOnly]
    private static nint Matmul(nint a, nint b)
    {
        switch (s_sides(a), s_sides(b))
        {
            case (2, 2) or (0, _) or (_, 0):
                return s_mm(a, b);
            case (2, 1):
                return s_mv(a, b);
            case (1, 1):
                return s_dot(a, b);
            case (3, 3) when s_size(a, 0) == s_size(b, 0):
                return s_bmm(a, b);
        }

        long[] left = Shape(a),
            right = Shape(b);
        if (s_type(a) != s_type(b) || left[^1] != right[right.Length == 1 ? 0 : ^2])
        {
            return Refused(Matrix(a, atFront: true), Matrix(b, atFront: false), s_mm);
        }

        for (var side = 3; side <= Math.Min(left.Length, right.Length); side++)
        {
            if (left[^side] != right[^side] && left[^side] != 1 && right[^side] != 1)
            {
                return Refused(Batches(a), Batches(b), s_multiply);
            }
        }

        var result = s_new((nuint)sizeof(nint));
        s_matmul(result, a, b);
        return result;
    }

    /// <summary>Has an operation refuse two tensors that were made for that.</summary>
    private static nint Refused(nint a, nint b, delegate* unmanaged<nint, nint, nint> operation)
    {
        // A tensor without elements has none to select: that error stands, then.
        var result = a != 0 && b != 0 ? operation(a, b) : 0;
        foreach (var made in (ReadOnlySpan<nint>)[a, b, result])
        {
            if (made != 0)
            {
                s_dispose(made);
            }
        }

        return 0;
    }

    /// <summary>
    /// A tensor's last two sides, as a matrix; a vector becomes one of one row in front of a product, and of one column behind it.
    /// </summary>
    private static nint Matrix(nint tensor, bool atFront) =>
        s_sides(tensor) == 1 ? s_unsqueeze(tensor, atFront ? 0 : 1) : Selected(s_unsqueeze(tensor, 0), s_sides(tensor) - 1, 0, owned: true);

    /// <summary>A tensor without its last two sides.</summary>
    private static nint Batches(nint tensor) => Selected(tensor, 2, -1);

    /// <summary>A view of a tensor's first elements along some sides, one after the other.</summary>
    private static nint Selected(nint tensor, long times, long side, bool owned = false)
    {
        for (; times > 0 && tensor != 0; times--)
        {
            var next = s_select(tensor, side, 0);
            if (owned)
            {
                s_dispose(tensor);
            }

            (tensor, owned) = (next, true);
        }

        return tensor;
    }

    private static long[] Shape(nint tensor)
    {
        var shape = new long[s_sides(tensor)];
        for (var side = 0; side < shape.Length; side++)
        {
            shape[side] = s_size(tensor, side);
        }

        return shape;
    }
}
