using System.Reflection;
using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// The range that a number of some settings may have. Their own <c>Validate</c> is asked, so that the range is written down in one place only.
/// </summary>
internal static class PossibleRange
{
    /// <summary>The bounds that ranges of this kit may have above.</summary>
    private static readonly double[] UpperBounds = [1, 2];

    /// <summary>The range as keywords of a JSON schema.</summary>
    /// <param name="settings">Makes settings that are possible.</param>
    /// <param name="property">A property of theirs, a number.</param>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Of(Func<object> settings, PropertyInfo property)
    {
        var whole = (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(int);
        if (!Possible(-1))
        {
            yield return Possible(0) ? new("minimum", 0) : whole ? new("minimum", 1) : new("exclusiveMinimum", 0);
        }

        if (!whole && UpperBounds.FirstOrDefault(b => !Possible(1.001 * b)) is > 0 and var bound)
        {
            yield return new(Possible(bound) ? "maximum" : "exclusiveMaximum", (int)bound);
        }

        bool Possible(double value)
        {
            var changed = settings();
            property.SetValue(changed, whole ? (object)(int)value : value);
            try
            {
                changed.GetType().GetMethod("Validate", [])?.Invoke(changed, []);
                return true;
            }
            catch (TargetInvocationException e) when (e.InnerException is GaitPropException)
            {
                return false;
            }
        }
    }
}
