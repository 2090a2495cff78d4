using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// The numbers of a tensor as text, in brackets as NumPy prints them. TorchSharp's own text reads each element through a tensor and a
/// scalar that nothing holds: a garbage collection frees them while they are read, and the process ends. Here all are read at once.
/// </summary>
internal static class TensorText
{
    private const int MostColumns = 120;

    /// <summary>One line: shape, type and device.</summary>
    /// <param name="tensor">A tensor of any type, on any device.</param>
    public static string Line(Tensor tensor) => $"[{string.Join('x', tensor.shape)}], type = {tensor.dtype}, device = {tensor.device}";

    /// <summary>
    /// Every number with five significant digits, columns aligned, long rows broken; of a tensor without axes the number alone.
    /// </summary>
    /// <param name="tensor">A tensor that has elements and is not sparse; not a large one.</param>
    public static string Numbers(Tensor tensor)
    {
        var words = Words(tensor);
        var shape = tensor.shape;
        if (shape.Length == 0)
        {
            return words[0];
        }

        var text = new StringBuilder();
        Write(text, shape, words, words.Max(word => word.Length), axis: 0, first: 0);
        return text.ToString();
    }

    private static string[] Words(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var view = tensor.detach().cpu();
        if (view.dtype == ScalarType.Bool)
        {
            return Array.ConvertAll(Values<bool>(view), value => value ? "true" : "false");
        }

        if (view.is_integral())
        {
            return Array.ConvertAll(Values<long>(view.to(ScalarType.Int64)), value => value.ToString(CultureInfo.InvariantCulture));
        }

        if (view.is_complex())
        {
            var parts = Values<double>(view_as_real(view.to(ScalarType.ComplexFloat64)));
            return [.. parts.Chunk(2).Select(z => $"{Word(z[0])}{(z[1] >= 0 || double.IsNaN(z[1]) ? "+" : "")}{Word(z[1])}i")];
        }

        return Array.ConvertAll(Values<double>(view.to(ScalarType.Float64)), Word);
    }

    private static string Word(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    private static T[] Values<T>(Tensor tensor)
        where T : unmanaged => tensor.contiguous().data<T>().ToArray();

    /// <summary>Writes what lies behind one index of every axis before this one; returns the index of the next element.</summary>
    private static int Write(StringBuilder text, long[] shape, string[] words, int width, int axis, int first)
    {
        var next = first;
        var column = axis + 1;
        text.Append('[');
        for (var i = 0L; i < shape[axis]; i++)
        {
            if (axis < shape.Length - 1)
            {
                text.Append(i > 0 ? new string('\n', shape.Length - 1 - axis) + new string(' ', axis + 1) : "");
                next = Write(text, shape, words, width, axis + 1, next);
                continue;
            }

            if (i > 0 && column + 1 + width > MostColumns)
            {
                text.Append('\n').Append(' ', axis + 1);
                column = axis + 1;
            }
            else if (i > 0)
            {
                text.Append(' ');
                column++;
            }

            text.Append(words[next++].PadLeft(width));
            column += width;
        }

        text.Append(']');
        return next;
    }
}
