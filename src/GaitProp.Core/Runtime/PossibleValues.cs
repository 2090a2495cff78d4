using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using static System.FormattableString;

namespace GaitProp;

/// <summary>
/// Which values settings may have, by the attributes of their properties: <c>[Range]</c> of a number, <c>[RegularExpression]</c> of a text;
/// of an enumeration its own.
/// </summary>
internal static class PossibleValues
{
    /// <summary>Checks every property.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="of">What the error says before the property's name, such as <c>optimizer </c>.</param>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public static void Check(object settings, string of = "")
    {
        foreach (var property in settings.GetType().GetProperties().Where(p => p.CanWrite && p.GetIndexParameters().Length == 0))
        {
            if (property.GetValue(settings) is { } value && Wrong(property, value) is { } wrong)
            {
                var name =
                    property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
                throw new GaitPropException(
                    $"{of}{name} {(value is Enum word ? word.ToString("D") : Convert.ToString(value, CultureInfo.InvariantCulture))} is not possible: {wrong}."
                );
            }
        }
    }

    /// <summary>Why a value is not possible; <see langword="null"/> if it is.</summary>
    /// <param name="property">The property.</param>
    /// <param name="value">Its value.</param>
    public static string? Wrong(ICustomAttributeProvider property, object value) =>
        value switch
        {
            Enum word => Enum.IsDefined(word.GetType(), word) || word.GetType().IsDefined(typeof(FlagsAttribute), false)
                ? null
                : $"choose one of {string.Join(", ", Enum.GetNames(word.GetType()).Select(JsonNamingPolicy.KebabCaseLower.ConvertName))}",
            string text => Of<RegularExpressionAttribute>(property) is { } pattern && (text.Length == 0 || !pattern.IsValid(text))
                ? pattern.ErrorMessage
                : null,
            int or long or float or double => Of<RangeAttribute>(property) is { } range
            && !Holds(range, Convert.ToDouble(value, CultureInfo.InvariantCulture))
                ? $"it must be {Text(range)}"
                : null,
            _ => null,
        };

    /// <summary>An attribute of a property, or <see langword="null"/>.</summary>
    public static T? Of<T>(ICustomAttributeProvider? property)
        where T : Attribute => property?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();

    /// <summary>The ends of a range; the upper one is infinite where there is none.</summary>
    public static (double Least, double Most) Ends(RangeAttribute range)
    {
        var (least, most) = (
            Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
            Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture)
        );
        return (least, most is int.MaxValue or double.MaxValue ? double.PositiveInfinity : most);
    }

    private static bool Holds(RangeAttribute range, double value)
    {
        var (least, most) = Ends(range);
        return double.IsFinite(value)
            && (range.MinimumIsExclusive ? value > least : value >= least)
            && (range.MaximumIsExclusive ? value < most : value <= most);
    }

    private static string Text(RangeAttribute range)
    {
        var (least, most) = Ends(range);
        var from = range.MinimumIsExclusive ? Invariant($"above {least}") : Invariant($"{least} or more");
        return double.IsFinite(most) ? Invariant($"{from} and {(range.MaximumIsExclusive ? "below" : "at most")} {most}") : from;
    }
}
