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
        Assert.Contains(
            "there already",
            _process.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "shards", "--size", "16").Output,
            StringComparison.Ordinal
        );

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
        foreach (
            var (folder, lack) in new[]
            {
                ("nowhere", "nowhere does not exist"),
                ("file", "file is a file, not a folder"),
                ("empty", "empty holds no data set, neither manifest.json"),
            }
        )
        {
            var finished = _process.Run("data", "verify", folder);

            Assert.Equal(1, finished.ExitCode);
            Assert.Contains(lack, finished.OneErrorLine(), StringComparison.Ordinal);
            Assert.DoesNotContain("--data", finished.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// Everything that a set of files can do, with made files of the MNIST family: list, verify, train, evaluate, angles.
    /// </summary>
    [Fact]
    public void A_set_of_the_MNIST_family_is_listed_verified_trained_on_and_evaluated()
    {
        Digits("data/kmnist");

        var listed = _process.Run("data", "list");
        Assert.Contains("CC BY-SA 4.0", listed.Output, StringComparison.Ordinal);
        Assert.Contains("kmnist (./data)", listed.Output, StringComparison.Ordinal);
        foreach (var folder in (string[])["data", "data/kmnist"])
        {
            Assert.Contains(
                "kmnist: 30 training and 20 test images can be read; md5 sums are published of the .gz files alone.",
                _process.Run("data", "verify", folder).Output,
                StringComparison.Ordinal
            );
        }

        var trained = _process.Run("train", "mnist-tower", "--rule", "gait", "--set", "data=kmnist", "--epochs", "1", "--data", "data");
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Contains("Data: Kuzushiji-MNIST in ", trained.Output, StringComparison.Ordinal);
        var evaluated = _process.Run("evaluate", "last", "--data", "data");
        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        Assert.Contains("20 test images of Kuzushiji-MNIST", evaluated.Output, StringComparison.Ordinal);
        Assert.Contains("20 test images of Kuzushiji-MNIST", _process.Run("evaluate", "last").Output, StringComparison.Ordinal);
        Assert.Contains(
            "Batch of 8 images, Kuzushiji-MNIST",
            _process.Run("angles", "cifar-shallow", "--batch", "8", "--rules", "ngait", "--data", "data").Output,
            StringComparison.Ordinal
        );

        var wrong = _process.Run("train", "mnist-tower", "--epochs", "1", "--data", "data");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("holds no MNIST", wrong.OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains("'gaitprop data fetch mnist --to ", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fetch_tells_in_one_line_what_it_cannot_do()
    {
        foreach (
            var (words, code, message) in new (string[], int, string)[]
            {
                (["mnst"], 2, "Did you mean 'mnist'?"),
                (["imagenet"], 2, "unknown set 'imagenet'"),
                (
                    ["cifar100", "--from", "nowhere"],
                    1,
                    "nowhere does not exist: give the archive cifar-100-binary.tar.gz or the folder of its files."
                ),
                (["mnist", "--from", "nowhere"], 1, "nowhere does not exist: give the folder of its files."),
                (["mnist", "--url", "ftp://x"], 2, "has to begin with http:// or https://"),
                (["mnist", "--from", "a", "--url", "http://x"], 2, "exclude each other"),
                (["mnist", "--to", ""], 2, "--to is empty"),
                (
                    ["mnist", "--url", "http://127.0.0.1:9/", "--to", "to"],
                    1,
                    "http://127.0.0.1:9/train-images-idx3-ubyte.gz cannot be reached"
                ),
            }
        )
        {
            var finished = _process.Run(["data", "fetch", .. words]);

            Assert.Equal(code, finished.ExitCode);
            Assert.Contains(message, finished.OneErrorLine(), StringComparison.Ordinal);
        }
    }

    /// <summary>Unpacked files of the MNIST family have no published sums, so none is said to be right.</summary>
    [Fact]
    public void Fetch_claims_no_sums_that_it_did_not_check()
    {
        Directory.CreateDirectory(_process["data", "mnist"]);
        foreach (var (part, count) in new[] { ("train", 60_000), ("t10k", 10_000) })
        {
            byte[] number = [0, 0, (byte)(count >> 8), (byte)count];
            Zeros($"{part}-images-idx3-ubyte", [0, 0, 8, 3, .. number, 0, 0, 0, 28, 0, 0, 0, 28], count * 784);
            Zeros($"{part}-labels-idx1-ubyte", [0, 0, 8, 1, .. number], count);
        }

        var fetched = _process.Run("data", "fetch", "mnist", "--to", "data");

        Assert.Equal((0, ""), (fetched.ExitCode, fetched.Error));
        Assert.Contains(
            "already: 60,000 training and 10,000 test images can be read; md5 sums are published of the .gz files alone; nothing was changed.",
            fetched.Output,
            StringComparison.Ordinal
        );

        void Zeros(string name, byte[] head, int count)
        {
            using var file = File.Create(_process["data", "mnist", name]);
            file.Write(head);
            file.SetLength(head.Length + count);
        }
    }

    [Fact]
    public void Killed_in_the_middle_and_run_again_it_writes_the_same_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        Photos(classes: 4, each: 50);
        string[] words =
        [
            "data",
            "prepare",
            "imagenet",
            "--from",
            "photos",
            "--size",
            "32",
            "--shard-images",
            "5",
            "--threads",
            "1",
            "--to",
        ];
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
        [
            .. Directory
                .EnumerateFiles(_process[folder])
                .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(f => (Path.GetFileName(f), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))))),
        ];

    private void Photos(int classes, int each)
    {
        var photos = Enumerable
            .Range(1, 7)
            .Select(seed =>
            {
                using var noise = Image.Gaussnoise(300, 200, mean: 128, sigma: 40, seed: seed);
                return noise.Cast(Enums.BandFormat.Uchar).JpegsaveBuffer();
            })
            .ToArray();
        for (var c = 0; c < classes; c++)
        {
            Directory.CreateDirectory(_process["photos", $"class{c}"]);
            for (var i = 0; i < each; i++)
            {
                File.WriteAllBytes(_process["photos", $"class{c}", $"{i}.jpg"], photos[((c * each) + i) % 7]);
            }
        }
    }

    /// <summary>Thirty training and twenty test images of 28 pixels, made.</summary>
    private void Digits(string folder)
    {
        Directory.CreateDirectory(_process[folder]);
        foreach (var (part, count) in new[] { ("train", (byte)30), ("t10k", (byte)20) })
        {
            var pixels = new byte[count * 784];
            new Random(count).NextBytes(pixels);
            File.WriteAllBytes(
                _process[folder, $"{part}-images-idx3-ubyte"],
                [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28, .. pixels]
            );
            File.WriteAllBytes(
                _process[folder, $"{part}-labels-idx1-ubyte"],
                [0, 0, 8, 1, 0, 0, 0, count, .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]
            );
        }
    }
}
