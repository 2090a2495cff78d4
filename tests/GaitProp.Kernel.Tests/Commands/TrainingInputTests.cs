namespace GaitProp.Kernel.Tests.Commands;

public sealed class TrainingInputTests : IDisposable
{
    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Theory]
    [InlineData("""{ "extends": "cifar-shallow", "epocs": 3 }""", "Did you mean 'epochs'?")]
    [InlineData("""{ "extends": "cifar-shallow", "optimizer": { "lrr": 3 } }""", "lrr")]
    [InlineData("""{ "extends": "cifar-shallow", "epochs": "three" }""", "epochs")]
    [InlineData("""{ "extends": "cifar-shallow", "rules": ["bq"] }""", "bq")]
    [InlineData("""{ "extends": "cifar-shallow", "optimizer": { "lr": -1e-3 } }""", "lr")]
    [InlineData("""{ "extends": "cifar-shallow", "profile": "quick" }""", "write \"preset\": \"quick\".")]
    [InlineData("""{ "extends": "cifar-shalow" }""", "Did you mean 'cifar-shallow'?")]
    [InlineData("""{ "extends": "bad.json" }""", "bad.json")]
    [InlineData("""{ "extends": "circle.json" }""", "circle.json")]
    [InlineData("""{ "extends": """, "bad.json")]
    [InlineData("[]", "bad.json")]
    [InlineData("", "bad.json")]
    public void A_mistake_in_an_experiment_is_one_line_and_nothing_is_trained(string experiment, string expected)
    {
        File.WriteAllText(_gaitprop["bad.json"], experiment);
        File.WriteAllText(_gaitprop["circle.json"], """{ "extends": "bad.json" }""");
        Refused(expected, "train", "bad.json", "--data", "embedded");
    }

    [Theory]
    [InlineData("nowhere.json", "train", "nowhere.json")]
    [InlineData("Did you mean 'cifar-shallow'?", "train", "cifar-shalow")]
    [InlineData("Did you mean 'epochs'?", "train", "synthetic-shallow", "--set", "epocs=3")]
    [InlineData("nonsense", "train", "synthetic-shallow", "--set", "nonsense")]
    [InlineData("--set", "train", "synthetic-shallow", "--set", "=3")]
    [InlineData("lr", "train", "synthetic-shallow", "--set", "optimizer.lr=-1")]
    [InlineData("lr", "train", "synthetic-shallow", "--set", "optimizer.lr=fast")]
    [InlineData("batchSize", "train", "synthetic-shallow", "--set", "batchSize=0")]
    [InlineData("bq", "train", "synthetic-shallow", "--rule", "bq")]
    [InlineData("5..1", "compare", "synthetic-shallow", "--seeds", "5..1")]
    [InlineData("--seeds", "compare", "synthetic-shallow", "--seeds", "-1")]
    [InlineData("--index 0 is not possible", "compare", "synthetic-shallow", "--index", "0")]
    [InlineData("the grid has 4 cells", "compare", "synthetic-shallow", "--rules", "bp,fa", "--seeds", "1..2", "--index", "5")]
    [InlineData("the same run, bp seed 5", "compare", "synthetic-shallow", "--rules", "bp", "--seeds", "1..2", "--set", "seed=5")]
    [InlineData("ends in .html, .png, .svg, .pdf or .csv", "compare", "synthetic-shallow", "--save", "figure.xyz")]
    [InlineData("--keep-every 0 is not possible: it must be 1 or more.", "train", "synthetic-shallow", "--keep-every", "0")]
    [InlineData("--jobs 0 is not possible", "compare", "synthetic-shallow", "--jobs", "0")]
    [InlineData("Did you mean 'quick'?", "train", "synthetic-shallow", "--preset", "quik")]
    [InlineData("Did you mean 'quick'?", "train", "synthetic-shallow", "--profile", "quik")]
    [InlineData("nodevice", "train", "synthetic-shallow", "--device", "nodevice")]
    [InlineData("only CUDA devices compute in TF32", "train", "synthetic-shallow", "--tf32", "--device", "cpu")]
    [InlineData(
        "only CUDA devices compute in TF32",
        "compare",
        "synthetic-shallow",
        "--rules",
        "bp",
        "--set",
        "tf32=true",
        "--device",
        "cpu"
    )]
    [InlineData("rounds products of float32", "train", "synthetic-shallow", "--preset", "paper", "--tf32", "--device", "cpu")]
    [InlineData("only CUDA devices compute in TF32", "angles", "cifar-shallow", "--tf32", "--device", "cpu")]
    public void A_mistake_in_the_words_is_one_line_and_nothing_is_trained(string expected, params string[] args) => Refused(expected, args);

    [Fact]
    public void A_folder_of_runs_without_permission_is_one_line()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"),
            "needs root on Linux and setpriv, to give root's rights up"
        );
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(_gaitprop["runs", "hidden", "a"]);
        File.WriteAllText(_gaitprop["runs", "hidden", "a", "run.json"], "{}");
        File.SetUnixFileMode(_gaitprop["runs", "hidden"], UnixFileMode.None);
        File.SetUnixFileMode(_gaitprop["runs"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var process = _gaitprop.InOneProcess("/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search");
        foreach (
            var (expected, args) in new (string, string[])[]
            {
                ("may not be written", ["train", "synthetic-shallow", "--epochs", "1"]),
                ("may not be written", ["compare", "synthetic-shallow", "--epochs", "1"]),
                ("may not be written", ["compare", "synthetic-shallow", "--epochs", "1", "--index", "1"]),
                ("permission denied", ["runs", "show", "hidden"]),
                ("permission denied", ["runs", "resume", "last"]),
                ("permission denied", ["runs", "delete", "hidden", "--yes"]),
            }
        )
        {
            var finished = process.Run(args);

            Assert.True(finished.ExitCode == 1, $"{string.Join(' ', args)}: {finished.ExitCode} {finished.Output}{finished.Error}");
            Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
            Assert.DoesNotContain("Unexpected", finished.Error, StringComparison.Ordinal);
        }

        Assert.Equal(
            [_gaitprop["runs", "hidden", "a", "run.json"]],
            Directory.GetFiles(_gaitprop["runs"], "*", SearchOption.AllDirectories)
        );

        // In a list an experiment that may not be read is a row; a store is an error.
        var listed = process.Run("runs", "list");
        Assert.Equal((0, ""), (listed.ExitCode, listed.Error));
        Assert.Matches(@"(?m)^runs/hidden .*\bdamaged\b", listed.Output);
        File.SetUnixFileMode(_gaitprop["runs"], UnixFileMode.None);
        Assert.Equal(
            $"cannot read {_gaitprop["runs"]}: permission denied; name another folder with --runs.",
            process.Run("runs", "list").OneErrorLine()
        );
    }

    private void Refused(string expected, params string[] args)
    {
        var before = Directory.GetFileSystemEntries(_gaitprop.Folder);

        var finished = _gaitprop.Run(args);

        Assert.Contains(finished.ExitCode, (int[])[1, 2]);
        Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected", finished.Error, StringComparison.Ordinal);

        // Where the system's C++ library makes a patched copy of a library necessary, the cache has it.
        Assert.Equal(before, Directory.GetFileSystemEntries(_gaitprop.Folder).Where(f => f != _gaitprop["cache"]));
    }
}
