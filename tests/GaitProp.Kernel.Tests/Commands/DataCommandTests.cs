using System.Security.Cryptography;
using NetVips;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class DataCommandTests : IDisposable
{
    private const int Kill = 9;

    private readonly GaitPropProcess _process = new();

    public void Dispose() => _process.Dispose();

    [Fact]
    public void A_set_is_prepared_and_verified_and_damage_is_found()
    {
        Photos(classes: 2, each: 3);

        var prepared = _process.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "shards", "--size", "16");
        Assert.Equal((0, ""), (prepared.ExitCode, prepared.Error));
        Assert.Contains("5 training and 1 validation images", prepared.Output, StringComparison.Ordinal);
        Assert.Contains("Disk: ", prepared.Output, StringComparison.Ordinal);
        Assert.Contains("there already", _process.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "shards", "--size", "16").Output, StringComparison.Ordinal);

        Assert.Contains("all checksums are right", _process.Run("data", "verify", "shards").Output, StringComparison.Ordinal);
        using (var shard = File.OpenWrite(_process["shards", "train-00000.npy"]))
        {
            shard.SetLength(300);
        }

        var damaged = _process.Run("data", "verify", "shards");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("train-00000.npy has 300 bytes", damaged.OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_one_line()
    {
        var missing = _process.Run("data", "prepare", "imagenet", "--from", "nowhere", "--to", "shards");

        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("does not exist", missing.OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_speaks_of_the_folder_that_it_was_given()
    {
        Directory.CreateDirectory(_process["empty"]);
        File.WriteAllText(_process["file"], "");
        foreach (var (folder, lack) in new[] { ("nowhere", "nowhere does not exist"), ("file", "file is a file, not a folder"), ("empty", "empty holds no data set, neither manifest.json") })
        {
            var finished = _process.Run("data", "verify", folder);

            Assert.Equal(1, finished.ExitCode);
            Assert.Contains(lack, finished.OneErrorLine(), StringComparison.Ordinal);
            Assert.DoesNotContain("--data", finished.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Killed_in_the_middle_and_run_again_it_writes_the_same_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        Photos(classes: 4, each: 100);
        string[] words = ["data", "prepare", "imagenet", "--from", "photos", "--size", "32", "--shard-images", "5", "--threads", "1", "--to"];
        Assert.Equal(0, _process.Run([.. words, "whole"]).ExitCode);

        // The kill has to meet the work before its end; a machine that is too quick gets further tries.
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 10, "the preparation was never met in the middle");
            var folder = $"killed{attempt}";
            var started = _process.Start([.. words, folder]);
            while (!started.HasExited && !File.Exists(_process[folder, "train-00002.npy"]))
            {
                Thread.Sleep(1);
            }

            if (started.HasExited)
            {
                GaitPropProcess.Finish(started);
                continue;
            }

            GaitPropProcess.Signal(started, Kill);
            GaitPropProcess.Finish(started);
            if (File.Exists(_process[folder, "manifest.json"]))
            {
                continue;
            }

            var kept = File.GetLastWriteTimeUtc(_process[folder, "train-00000.npy"]);
            Assert.Equal(0, _process.Run([.. words, folder]).ExitCode);
            Assert.Equal(Sums("whole"), Sums(folder));
            Assert.Equal(kept, File.GetLastWriteTimeUtc(_process[folder, "train-00000.npy"]));
            return;
        }
    }

    private (string, string)[] Sums(string folder) =>
        [.. Directory.EnumerateFiles(_process[folder]).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))))];

    private void Photos(int classes, int each)
    {
        var photos = Enumerable.Range(1, 7).Select(seed =>
        {
            using var noise = Image.Gaussnoise(300, 200, mean: 128, sigma: 40, seed: seed);
            return noise.Cast(Enums.BandFormat.Uchar).JpegsaveBuffer();
        }).ToArray();
        for (var c = 0; c < classes; c++)
        {
            Directory.CreateDirectory(_process["photos", $"class{c}"]);
            for (var i = 0; i < each; i++)
            {
                File.WriteAllBytes(_process["photos", $"class{c}", $"{i}.jpg"], photos[((c * each) + i) % 7]);
            }
        }
    }
}
