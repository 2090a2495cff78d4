using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using GaitProp.Figures;
using GaitProp.Notebook.Outputs;
using TorchSharp;

namespace GaitProp.Kernel.Formatters;

/// <summary>Any value in a few words of one line, without names of the compiler's making.</summary>
internal static class ValueWords
{
    /// <summary>Values of a list that are named.</summary>
    private const int MostItems = 8;

    /// <summary>How deep values are looked into.</summary>
    private const int Deepest = 2;

    /// <summary>The properties of a type that a reader may see, in the order of its declaration.</summary>
    /// <param name="type">The type.</param>
    public static IReadOnlyList<PropertyInfo> Properties(Type type) =>
        [
            .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
                .Where(p =>
                    p.CanRead
                    && p.GetIndexParameters().Length == 0
                    && !typeof(Delegate).IsAssignableFrom(p.PropertyType)
                    && !p.PropertyType.IsByRefLike
                ),
        ];

    /// <summary>A property of a value in words.</summary>
    /// <param name="property">The property.</param>
    /// <param name="value">The value.</param>
    /// <param name="most">Letters that it may have.</param>
    public static string Of(PropertyInfo property, object value, int most)
    {
        var text = Words(Read(property, value), 0);
        return text.Length <= most ? text : $"{CutText.Start(text, most)}…";
    }

    /// <summary>A property of a value; of one that cannot be read, the reason.</summary>
    /// <param name="property">The property.</param>
    /// <param name="value">The value.</param>
    public static object? Read(PropertyInfo property, object value)
    {
        try
        {
            return property.GetValue(value);
        }
        catch (TargetInvocationException e)
        {
            return $"({e.InnerException!.Message.ReplaceLineEndings(" ")})";
        }
    }

    private static string Words(object? value, int depth) =>
        value switch
        {
            null => Quantity.Nothing,
            string words => words.ReplaceLineEndings(" "),
            bool truth => truth ? "yes" : "no",
            double number => Quantity.Number.Written(number),
            float number => Quantity.Number.Written(number),
            Enum word => word.ToString(),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            torch.Tensor tensor => tensor.IsInvalid ? "tensor (disposed)" : $"tensor {TensorText.Line(tensor)}",
            Network network => network.IsDisposed
                ? $"network {network.Name} (disposed)"
                : $"network {network.Name} of {Number.Whole(network.Layers.Count)} layers",
            ImageSplit split => Text($"{split.Count:N0} images of {split.Channels}x{split.Height}x{split.Width}"),
            JsonNode json => json.ToJsonString(),
            ReadOnlyMemory<byte> bytes => Number.Bytes(bytes.Length),
            byte[] bytes => Number.Bytes(bytes.Length),
            IEnumerable list => List([.. list.Cast<object?>().Take(MostItems + 1)], (list as ICollection)?.Count ?? Count(list), depth),
            ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Words(tuple[i], depth + 1)))})",
            _ when value.GetType() is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) =>
                $"{Words(pair.GetProperty("Key")!.GetValue(value), depth + 1)}: {Words(pair.GetProperty("Value")!.GetValue(value), depth + 1)}",
            _ when SaysItself(value.GetType()) => (value.ToString() ?? "").ReplaceLineEndings(" "),
            _ when depth >= Deepest || value.GetType().Assembly != typeof(Figure).Assembly => value.GetType().Name,
            _ => string.Join(", ", Properties(value.GetType()).Select(p => $"{p.Name} {Words(Read(p, value), depth + 1)}")),
        };

    private static string List(object?[] first, int? count, int depth) =>
        first.Length == 0
            ? "none"
            : $"[{string.Join(first.Any(IsSeveral) ? "; " : ", ", first.Take(MostItems).Select(v => Words(v, depth + 1)))}{(first.Length <= MostItems ? "" : count is { } all ? $", … {Number.Whole(all - MostItems)} more" : ", …")}]";

    private static int? Count(IEnumerable list) =>
        list.GetType().GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlyCollection<>))
            is { } counted
            ? (int)counted.GetProperty("Count")!.GetValue(list)!
            : null;

    private static bool IsSeveral(object? value) => value is not (null or string or IFormattable);

    /// <summary>
    /// Whether a type has words of its own: not those that the compiler writes for a record, nor the name that every object has.
    /// </summary>
    private static bool SaysItself(Type type) =>
        type.GetMethod(nameof(ToString), Type.EmptyTypes) is { } own
        && own.DeclaringType != typeof(object)
        && own.DeclaringType != typeof(ValueType)
        && own.GetCustomAttribute<CompilerGeneratedAttribute>() is null;
}
