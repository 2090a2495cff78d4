using System.Reflection;
using System.Text.RegularExpressions;
using GaitProp.Tests.Experiments;

namespace GaitProp.Tests.Docs;

/// <summary>What <c>docs/equations.md</c> names exists.</summary>
public sealed partial class EquationsTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(PublishedNumbersTests.Folder(), "..", ".."));

    private static readonly string[] Named =
    [
        .. Code()
            .Matches(File.ReadAllText(Path.Combine(Repository, "docs", "equations.md")))
            .Select(m => m.Groups[1].Value)
            .Where(n => n is not ("src/GaitProp.Core" or "tests/GaitProp.Core.Tests")),
    ];

    [Fact]
    public void Every_file_and_folder_of_code_in_the_equations_exists()
    {
        var paths = Named.Where(n => n.Contains('/') && !IsTest(n)).ToArray();

        Assert.InRange(paths.Length, 20, int.MaxValue);
        Assert.All(paths, p => Assert.True(Path.Exists(Path.Combine(Repository, "src", "GaitProp.Core", p)), p));
    }

    [Fact]
    public void Every_test_in_the_equations_exists()
    {
        var tests = Named.Where(IsTest).ToArray();

        Assert.InRange(tests.Length, 30, int.MaxValue);
        Assert.All(tests, t => Assert.True(Exists(t.Replace('/', '.')), t));
    }

    private static bool IsTest(string name) => name.Contains("Tests", StringComparison.Ordinal) || name.Contains('_');

    /// <summary>A class, with or without its folders; a class and a method; or a method alone.</summary>
    private static bool Exists(string test)
    {
        var types = typeof(EquationsTests).Assembly.GetTypes();
        var dot = test.LastIndexOf('.');
        return !test.Contains('_')
            ? types.Any(t => IsCalled(t, test))
            : types.Any(t =>
                (dot < 0 || IsCalled(t, test[..dot]))
                && t.GetMethod(test[(dot + 1)..], BindingFlags.Public | BindingFlags.Instance) is not null
            );
    }

    private static bool IsCalled(Type type, string name) => $".{type.FullName}".EndsWith($".{name}", StringComparison.Ordinal);

    [GeneratedRegex("`([A-Za-z0-9_./]+)`")]
    private static partial Regex Code();
}
