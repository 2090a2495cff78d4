using System.Collections.Concurrent;
using System.ComponentModel;

namespace GaitProp.Notebook.CSharp;

/// <summary>Objects on their way from the kernel into a variable of a cell.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class HandedOver
{
    private static readonly ConcurrentDictionary<int, object> Waiting = new();
    private static int s_last;

    /// <summary>Takes an object, once.</summary>
    /// <param name="number">What <see cref="Give"/> returned.</param>
    public static object Take(int number) =>
        Waiting.TryRemove(number, out var value) ? value : throw new InvalidOperationException("The object has been taken already.");

    /// <summary>Leaves an object.</summary>
    /// <param name="value">The object.</param>
    /// <returns>Its number.</returns>
    internal static int Give(object value)
    {
        var number = Interlocked.Increment(ref s_last);
        Waiting[number] = value;
        return number;
    }
}
