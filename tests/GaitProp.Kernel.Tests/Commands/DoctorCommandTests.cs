using GaitProp.Kernel.Commands;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void What_is_there_is_ok_and_what_is_missing_comes_with_its_cure()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the XDG folders are of Linux");
        Assert.Matches(@"(?m)^missing\s+VS Code\s+no settings\.json.*jupyter\.completionTriggerCharacters", OneLineEach(Doctor(0)));
        Directory.CreateDirectory(_program["config", "Code", "User"]);
        File.WriteAllText(_program["config", "Code", "User", "settings.json"], "{}");

        var before = Doctor(0);
        Assert.Matches(@"(?m)^ok\s+libtorch\s+2\.", before);
        Assert.Matches(@"(?m)^missing\s+CIFAR-10\s+not found.*gaitprop data fetch cifar10", OneLineEach(before));
        Assert.Matches(@"(?m)^missing\s+kernel.*'gaitprop jupyter install'", OneLineEach(before));
        Assert.Matches(@"(?m)^missing\s+VS Code.*--vscode-settings", OneLineEach(before));
        Assert.Matches(@"(?m)^ok\s+runs\s+.*GB free", OneLineEach(before));

        Assert.Equal(0, _program.RunIn(Here, "jupyter", "install", "--vscode-settings").ExitCode);
        Directory.CreateDirectory(_program["config", "Code - Insiders", "User"]);
        File.WriteAllText(
            _program["config", "Code - Insiders", "User", "settings.json"],
            """{ "jupyter.completionTriggerCharacters": { "python": ["."] } }"""
        );
        Assert.Matches(@"(?m)^missing\s+VS Code\s+\S+Code - Insiders.*lacks.*for C#", OneLineEach(Doctor(0)));

        Assert.Equal(0, _program.RunIn(Here, "jupyter", "install", "--vscode-settings").ExitCode);
        var after = OneLineEach(Doctor(0));
        Assert.DoesNotMatch(@"(?m)^missing\s+VS Code", after);
        Assert.Matches(@"(?m)^ok\s+kernel", after);
        Assert.Matches(@"(?m)^ok\s+VS Code", after);
    }

    [Fact]
    public void What_nothing_works_without_is_broken_and_the_exit_code_says_so()
    {
        File.WriteAllText(_program["a file"], "");
        Assert.Matches(@"(?m)^broken\s+runs\s+.*is a file: name another folder", OneLineEach(Doctor(1, "--runs", "a file/runs")));
        Assert.Empty(Directory.GetFiles(_program.Folder, ".gaitprop-*"));
    }

    /// <summary>As a drive of Windows that is not there; elsewhere its path is a relative one, above which is nothing either.</summary>
    [Fact]
    public void A_folder_that_nothing_is_above_is_broken()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there may be such a drive");
        var finding = DoctorCommand.Store("runs", @"Q:\runs");

        Assert.Equal(DoctorCommand.Health.Ill, finding.Health);
        Assert.Equal(@"Q:\runs cannot be written to (there is no Q:\runs)", finding.What);
        Assert.Equal("name another folder with --runs", finding.Cure);
    }

    private (string, string)[] Here =>
        [
            ("XDG_CONFIG_HOME", _program["config"]),
            ("XDG_DATA_HOME", _program["share"]),
            ("HOME", _program.Folder),
            ("JUPYTER_DATA_DIR", ""),
        ];

    private string Doctor(int exit, params string[] more)
    {
        var finished = _program.RunIn(Here, ["doctor", .. more]);
        Assert.Equal((exit, ""), (finished.ExitCode, finished.Error));
        return finished.Output;
    }

    /// <summary>Cells of the table that were broken into lines, in one piece.</summary>
    private static string OneLineEach(string table) => System.Text.RegularExpressions.Regex.Replace(table, @"\s*\n\s+", " ");
}
