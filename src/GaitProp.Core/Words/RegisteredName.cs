using System.Text.RegularExpressions;

namespace GaitProp;

/// <summary>Names of what users register: they stand in files, in lists with commas, and before a point or a plus.</summary>
internal static partial class RegisteredName
{
    /// <summary>What such a name is, after <c>a name</c>.</summary>
    public const string Rule = "is letters, digits, '-' and '_', and begins with a letter or digit";

    /// <summary>Whether a name is possible.</summary>
    /// <param name="name">The name.</param>
    public static bool Fits(string name) => Possible().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]*\z")]
    private static partial Regex Possible();
}
