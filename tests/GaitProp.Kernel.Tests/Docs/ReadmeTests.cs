using System.Text.RegularExpressions;

namespace GaitProp.Kernel.Tests.Docs;

/// <summary>The programs in the READMEs are what a reader copies first.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    /// <summary>In one notebook: that each of them compiles alone, <see cref="CopiedCodeTests"/> says.</summary>
    [Fact]
    public void Their_programs_run_and_print_small_angles()
    {
        // A variable of a cell lives on and is disposed of with the notebook.
        string[] programs =
        [
            .. ((string[])["README.md", "src/GaitProp.Core/README.md"])
                .Select(file => Program().Match(File.ReadAllText(Path.Combine(Repository.Folder, file))).Groups[1].Value)
                .Select(code => code.Replace("using var ", "var ", StringComparison.Ordinal)),
        ];
        File.WriteAllText(_program["a.ipynb"], NotebookText.Code(programs));

        var run = _program.Run("notebook", "run", "a.ipynb", "--to", "markdown");

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.EndsWith("a.md\n", run.Output, StringComparison.Ordinal);
        var printed = Angle()
            .Matches(File.ReadAllText(_program["a.md"]))
            .Select(m => double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();

        // One for each layer, and one.
        Assert.Equal(3 + 1, printed.Length);
        Assert.All(printed, angle => Assert.InRange(angle, 0, 0.1));
    }

    [GeneratedRegex("```csharp\n(using GaitProp.*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex(@"([0-9.eE+-]+) degrees to BP$", RegexOptions.Multiline)]
    private static partial Regex Angle();
}
