namespace GaitProp.Kernel.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Theory]
    [InlineData("unknown rule 'bq'. Did you mean 'bp'?", "reproduce", "fig4", "--rules", "bq")]
    [InlineData("--epochs -1 is not possible", "reproduce", "fig4", "--epochs", "-1")]
    [InlineData("--epochs 0 is not possible", "reproduce", "fig4", "--epochs", "0")]
    [InlineData("--epochs many is not a whole number", "reproduce", "fig4", "--epochs", "many")]
    [InlineData("--seed -3 is not possible", "reproduce", "fig4", "--seed", "-3")]
    [InlineData("--seed 99999999999 is not a whole number between 0 and 2147483647", "reproduce", "fig4", "--seed", "99999999999")]
    [InlineData("--out is empty", "reproduce", "fig4", "--out", "")]
    [InlineData("--runs is empty", "info", "--runs", " ")]
    [InlineData("--from is empty: name a folder.", "data", "prepare", "imagenet", "--from", "", "--to", "there")]
    [InlineData("--to is empty: name a folder.", "data", "prepare", "imagenet", "--from", "here", "--to", "")]
    [InlineData("--runs is empty: name a folder.", "figure", "fig4", "--runs", "")]
    [InlineData("--runs is empty: name a folder.", "runs", "table", "--runs", "recorded", "--runs", "")]
    [InlineData("--times is empty: name a folder.", "runs", "table", "--times", " ")]
    [InlineData("--into is empty: name a file.", "runs", "table", "--into", "")]
    [InlineData("--vectors is empty: name a file.", "verify", "--vectors", "")]
    [InlineData("FILE is empty: name a file.", "notebook", "run", "")]
    [InlineData("FILE is empty: name a file.", "notebook", "verify", "")]
    [InlineData("EXPERIMENT is empty", "train", "")]
    [InlineData("--data is empty: name a folder.", "train", "imagenet", "--data", "")]
    [InlineData("--prefix is empty", "jupyter", "install", "--prefix", "")]
    [InlineData("unknown figure 'fig9'", "reproduce", "fig9")]
    [InlineData("Did you mean 'quick'?", "reproduce", "fig4", "--profile", "quik")]
    [InlineData("Did you mean '--seed'?", "reproduce", "fig4", "--sed", "3")]
    [InlineData("Did you mean '--verbose'?", "runs", "list", "--verbos")]
    [InlineData("Did you mean '--libtorch'?", "runs", "list", "--libtorh", "here")]
    [InlineData("unknown verb 'reprduce'. Did you mean 'reproduce'?", "reprduce", "fig4")]
    [InlineData("one word too many", "reproduce", "fig4", "fig4")]
    [InlineData("missing", "reproduce")]
    [InlineData("unknown network 'cifar-shalow'. Did you mean 'cifar-shallow'?", "angles", "cifar-shalow")]
    public void Words_that_are_not_understood_make_one_line_and_exit_code_2(string expected, params string[] args)
    {
        var finished = _gaitprop.Run(args);

        Assert.Equal(2, finished.ExitCode);
        Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
        Assert.Empty(finished.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_gaitprop.Folder));
    }

    /// <summary>It is for processes that the program starts itself.</summary>
    [Fact]
    public void A_hidden_option_is_not_advised()
    {
        var line = _gaitprop.Run("compare", "synthetic-shallow", "--progress-line").OneErrorLine();

        Assert.Contains("unknown option '--progress-line'.", line, StringComparison.Ordinal);
        Assert.DoesNotContain("--progress-lines", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("info", "--help")]
    [InlineData("reproduce", "--help")]
    [InlineData("verify", "--help")]
    [InlineData("evaluate", "--help")]
    [InlineData("angles", "--help")]
    [InlineData("drift", "--help")]
    [InlineData("runs", "table", "--help")]
    [InlineData("model", "--help")]
    [InlineData("model", "show", "--help")]
    [InlineData("runs", "--help")]
    [InlineData("runs", "list", "--help")]
    [InlineData("runs", "show", "--help")]
    [InlineData("runs", "resume", "--help")]
    [InlineData("runs", "compare", "--help")]
    [InlineData("runs", "record", "--help")]
    [InlineData("runs", "export", "--help")]
    [InlineData("runs", "delete", "--help")]
    [InlineData("data", "prepare", "--help")]
    [InlineData("data", "verify", "--help")]
    public void Help_is_there_on_every_level(params string[] args)
    {
        var finished = _gaitprop.Run(args);

        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("Usage:", finished.Output, StringComparison.Ordinal);
        Assert.Empty(finished.Error);
    }

    /// <summary>No shell has seen the words of a cell, nor what stands after '='.</summary>
    [Theory]
    [InlineData(true, "--runs", "~/not-there")]
    [InlineData(true, "--runs=~/not-there")]
    [InlineData(false, "--runs", "~not-there")]
    [InlineData(false, "--runs=here/~/not-there")]
    public void A_path_that_begins_with_the_sign_of_the_home_folder_is_in_it(bool isAtHome, params string[] words)
    {
        var home = Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "not-there");

        var line = _gaitprop.Run(["runs", "list", .. words]).OneErrorLine();

        Assert.Contains("there is no folder of runs at ", line, StringComparison.Ordinal);
        Assert.Equal(isAtHome, line.Contains(home, StringComparison.Ordinal));
        Assert.Equal(!isAtHome, line.Contains('~', StringComparison.Ordinal));
    }

    [Fact]
    public void The_list_of_commands_does_not_list_the_experiments()
    {
        var help = _gaitprop.Run("--help").Output;

        Assert.Contains("train <EXPERIMENT>", help, StringComparison.Ordinal);
        Assert.DoesNotContain("cifar-deep|", help, StringComparison.Ordinal);
        Assert.Contains("Run, verify, convert and create notebooks.", help, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_a_number()
    {
        var finished = _gaitprop.Run("--version");

        Assert.Equal(0, finished.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", finished.Output);
    }

    /// <summary>A process of its own says it before it has a command model.</summary>
    [Fact]
    public void The_version_is_the_same_without_the_command_model() =>
        Assert.Equal(_gaitprop.Run("--version").Output, _gaitprop.RunAlone("--version").Output);

    /// <summary>A report of a fault begins with it: what is missing is one of its rows.</summary>
    [Fact]
    public void Info_tells_the_rest_where_the_named_folder_has_no_data()
    {
        var finished = _gaitprop.Run("info", "--data", "nowhere");

        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("nowhere", finished.Output, StringComparison.Ordinal);
        Assert.Contains("TorchSharp", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_tells_versions_device_data_and_folders()
    {
        var finished = _gaitprop.Run("info");

        Assert.Equal(0, finished.ExitCode);
        foreach (
            var word in (string[])
                [
                    "TorchSharp",
                    "libtorch",
                    "convolutions",
                    "thread",
                    "CIFAR-10",
                    "not found",
                    Path.Combine(_gaitprop.Folder, "runs"),
                    _gaitprop["cache"],
                ]
        )
        {
            Assert.Contains(word, finished.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Verify_recomputes_the_embedded_vectors()
    {
        var finished = _gaitprop.Run("verify");

        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("checks hold.", finished.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_of_a_missing_file_is_one_line()
    {
        var finished = _gaitprop.Run("verify", "--vectors", "nowhere.json");

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("nowhere.json", finished.OneErrorLine(), StringComparison.Ordinal);
    }
}
