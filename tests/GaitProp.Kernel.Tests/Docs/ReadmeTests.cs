using System.Text.RegularExpressions;

namespace GaitProp.Kernel.Tests.Docs;

/// <summary>The programs in the READMEs are what a reader copies first.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("README.md", 3)]
    [InlineData("src/GaitProp.Core/README.md", 1)]
    public void Its_program_runs_and_prints_small_angles(string file, int angles)
    {
        var code = Program().Match(File.ReadAllText(Path.Combine(Repository.Folder, file))).Groups[1].Value;

        // A variable of a cell lives on and is disposed of with the notebook.
        code = code.Replace("using var ", "var ", StringComparison.Ordinal);
        File.WriteAllText(_program["a.ipynb"], NotebookText.Code(code));

        var run = _program.Run("notebook", "run", "a.ipynb", "--to", "markdown");

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        var printed = Angle()
            .Matches(File.ReadAllText(_program["a.md"]))
            .Select(m => double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();
        Assert.Equal(angles, printed.Length);
        Assert.All(printed, angle => Assert.InRange(angle, 0, 0.1));
    }

    [GeneratedRegex("```csharp\n(using GaitProp.*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex(@"([0-9.eE+-]+) degrees to BP$", RegexOptions.Multiline)]
    private static partial Regex Angle();
}
