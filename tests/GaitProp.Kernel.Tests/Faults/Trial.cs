using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using GaitProp.Data;
using GaitProp.Storage;

namespace GaitProp.Kernel.Tests.Faults;

/// <summary>The real program with an experiment of a few seconds, and how its runs ended.</summary>
internal sealed class Trial : IDisposable
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigUsr1 = 10;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    /// <summary>The longest that anything is waited for, on a machine that others use.</summary>
    private static readonly TimeSpan ToHappen = TimeSpan.FromMinutes(5);

    private static readonly string[] Often = ["--checkpoint-every", "1"];

    /// <summary>What every run of the experiment gets: sums repeat to the byte with one number of threads.</summary>
    private static readonly string[] Always = ["--threads", "1", .. Often];

    private const string Small = """
        {
          "name": "small", "data": "embedded", "network": ["dense 256", "dense 128", "dense 10"], "rules": ["ngait", "bp", "fa"],
          "epochs": 4, "batchSize": 64, "trainImages": 3000, "testImages": 500, "angleEvery": 5, "optimizer": { "lr": 1e-3 }
        }
        """;

    private static readonly ConcurrentDictionary<string, Lazy<(string Run, TimeSpan Took)>> Undisturbed = new();

    private static readonly ConcurrentDictionary<string, Lazy<Dictionary<string, string>>> UndisturbedGrids = new();

    /// <summary>Options of a run that is half as long: it crosses an epoch, and can be met in its middle on a quick machine too.</summary>
    public static string[] TwoEpochs => ["--epochs", "2"];

    /// <summary>A sweep over two rules, and over whatever else, with what every run gets.</summary>
    public static string[] Sweep(params string[] over) => ["sweep", "small.json", "--rules", "bp,ngait", .. over, .. Always];

    /// <summary>A sweep of twelve runs: two rules, two rates, three seeds.</summary>
    public static string[] Twelve() => Sweep("--seeds", "1..3", "--over", "optimizer.lr=1e-3,1e-4", "--epochs", "2");

    public Trial() => File.WriteAllText(Program["small.json"], Small);

    public GaitPropProcess Program { get; } = new();

    /// <summary>Starts a new run in a folder of runs, in a process of its own.</summary>
    public Process Train(string runs, params string[] options) => Program.Start(Training(runs, options));

    /// <summary>Starts the resumption of a run, in a process of its own.</summary>
    public Process Resume(string run, params string[] options) => Program.Start(Resumption(run, options));

    /// <summary>A new run, where nothing happens to its process.</summary>
    public Finished TrainToEnd(string runs, params string[] options) => Program.Run(Training(runs, options));

    /// <summary>The rest of a run, where nothing happens to its process.</summary>
    public Finished ResumeToEnd(string run, params string[] options) => Program.Run(Resumption(run, options));

    /// <summary>A run that nothing happened to, the same one for all tests.</summary>
    public string Uninterrupted(params string[] options) => Timed(options).Run;

    /// <summary>A copy of such a run in a folder of runs, for a test that needs one to begin with.</summary>
    public string Copied(string runs, params string[] options)
    {
        var run = Uninterrupted(options);
        var copy = Program[runs, Path.GetFileName(Path.GetDirectoryName(run)!), Path.GetFileName(run)];
        Copy(run, copy);
        return copy;
    }

    /// <summary>The same run, and how long it took in a process of its own, from the start to the end of that.</summary>
    public (string Run, TimeSpan Took) Timed(params string[] options)
    {
        return Once(Undisturbed, options, Trained);

        (string Run, TimeSpan Took) Trained()
        {
            var runs = FolderToTheEnd();
            var watch = Stopwatch.StartNew();
            Succeeds(Program.RunAlone(Training(runs, options)));
            return (Run(runs)!, watch.Elapsed);
        }
    }

    /// <summary>The runs of a sweep or comparison that nothing happened to, by what they compute: the same ones for all tests.</summary>
    public Dictionary<string, string> Alone(params string[] words)
    {
        return Once(UndisturbedGrids, words, Trained);

        Dictionary<string, string> Trained()
        {
            var runs = FolderToTheEnd();
            Succeeds(Program.Run([.. words, "--runs", runs]));
            return Runs(runs).ToDictionary(Identity);
        }
    }

    private T Once<T>(ConcurrentDictionary<string, Lazy<T>> made, string[] words, Func<T> make)
    {
        var key = string.Join(' ', words) + File.ReadAllText(Program["small.json"]);
        try
        {
            return made.GetOrAdd(key, _ => new Lazy<T>(make)).Value;
        }
        catch
        {
            // The next test tries again.
            made.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>A folder that is there until all tests are done.</summary>
    private static string FolderToTheEnd()
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static string[] Training(string runs, string[] options) => ["train", "small.json", "--runs", runs, .. Always, .. options];

    private static string[] Resumption(string run, string[] options) => ["runs", "resume", run, .. Often, .. options];

    /// <summary>The only run in a folder of runs; <see langword="null"/> as long as there is none.</summary>
    public string? Run(string runs) => Runs(runs).SingleOrDefault();

    public string[] Runs(string runs)
    {
        var folder = Program[runs];
        return !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .SelectMany(Directory.EnumerateDirectories)
                    .Where(d => File.Exists(Path.Combine(d, "run.json")) && !Path.GetFileName(d).StartsWith('.'))
                    .Order(),
            ];
    }

    /// <summary>Copies all files of a folder into another one.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public static void Succeeds(Finished finished) =>
        Assert.True(finished.ExitCode == 0 && finished.Error.Length == 0, $"exit code {finished.ExitCode}: {finished.Error}");

    public static JsonNode Description(string run) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, "run.json")))!;

    public static string Status(string run) => (string)Description(run)["status"]!;

    /// <summary>What a run computes.</summary>
    public static string Identity(string run) => (string)Description(run)["identity"]!;

    public static byte[] Metrics(string run) => File.ReadAllBytes(Path.Combine(run, "metrics.jsonl"));

    public static int Lines(string? run)
    {
        var file = run is null ? "" : Path.Combine(run, "metrics.jsonl");
        return File.Exists(file) ? File.ReadAllLines(file).Length : 0;
    }

    /// <summary>Checkpoints that have their name, the latest first.</summary>
    public static string[] Checkpoints(string? run)
    {
        var folder = Path.Combine(run ?? "nowhere", "checkpoints");
        return !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .GetFiles(folder, "step-*.safetensors")
                    .OrderByDescending(f =>
                        int.Parse(Path.GetFileNameWithoutExtension(f)[5..], System.Globalization.CultureInfo.InvariantCulture)
                    ),
            ];
    }

    /// <summary>Claims on cells of the grid in a folder of runs. (A hidden file is a heartbeat whose writer was killed.)</summary>
    public static string[] Claims(string runs) =>
        [.. Directory.GetFiles(Path.Combine(runs, "small", ".cells"), "*.claim-*").Where(f => !Path.GetFileName(f).StartsWith('.'))];

    /// <summary>Whether a checkpoint is being written, or its writer was killed.</summary>
    public static bool HasTornCheckpoint(string? run)
    {
        var folder = Path.Combine(run ?? "nowhere", "checkpoints");
        return Directory.Exists(folder)
            && Directory.EnumerateFiles(folder, ".step-*", new EnumerationOptions { AttributesToSkip = 0 }).Any();
    }

    /// <summary>There are checkpoints, and the bytes of each give its checksum.</summary>
    public static void CheckpointsAreWhole(string run)
    {
        LibTorch.Load();
        Assert.NotEmpty(Checkpoints(run));
        foreach (var file in Checkpoints(run))
        {
            using var content = SafetensorsFile.Read(file);
            Assert.True(content.IsVerified);
        }
    }

    /// <summary>
    /// Both have finished, with the same measurements and the same tensors in the last checkpoint, and nothing is left of what happened.
    /// </summary>
    public static void AreTheSame(string expected, string run)
    {
        Assert.Equal("finished", Status(run));
        Assert.True(
            Metrics(expected).AsSpan().SequenceEqual(Metrics(run)),
            $"{run}: other metrics, {Lines(run)} lines for {Lines(expected)}"
        );
        var (first, second) = (Checkpoints(expected)[0], Checkpoints(run)[0]);
        Assert.Equal(Path.GetFileName(first), Path.GetFileName(second));
        Assert.True(Tensors(first).AsSpan().SequenceEqual(Tensors(second)), $"{run}: other tensors in the last checkpoint");
        CheckpointsAreWhole(run);
        Assert.False(HasTornCheckpoint(run));
        Assert.Equal(
            ["checkpoints", "metrics.jsonl", "run.json", "run.lock", "timing.jsonl"],
            Directory
                .EnumerateFileSystemEntries(run, "*", new EnumerationOptions { AttributesToSkip = 0 })
                .Select(f => Path.GetFileName(f)!)
                .Where(f => !f.StartsWith("events.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>What follows the header of a safetensors file, and the header but for its metadata.</summary>
    public static byte[] Tensors(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var header = JsonNode.Parse(bytes.AsSpan(8, BitConverter.ToInt32(bytes)))!.AsObject();
        header.Remove("__metadata__");
        return [.. System.Text.Encoding.UTF8.GetBytes(header.ToJsonString()), .. bytes.AsSpan(8 + BitConverter.ToInt32(bytes))];
    }

    /// <summary>The folder of the real CIFAR-10 beside the repository; the test is skipped without it.</summary>
    public static string RealData()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (
                File.Exists(Path.Combine(folder.FullName, "GaitProp.slnx"))
                && Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data")) is var data
                && Cifar10.Official.FindIn(data) is not null
            )
            {
                return data;
            }
        }

        Assert.Skip("The real CIFAR-10 is not beside the repository; this test needs it.");
        return "";
    }

    /// <summary>The variables that a process was started with, such as <c>NAME=VALUE</c>; none where it has ended. Linux only.</summary>
    public static string[] Environ(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Waits for something to happen to a run; whether it did before the process ended.</summary>
    /// <param name="process">The process.</param>
    /// <param name="condition">Whether it has happened.</param>
    /// <param name="every">Milliseconds from look to look: a look reads files, and what lasts is seen late as well as soon.</param>
    public static bool Until(Process process, Func<bool> condition, int every = 5)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < ToHappen && !process.HasExited; Thread.Sleep(every))
        {
            if (condition())
            {
                return true;
            }
        }

        return condition();
    }

    /// <summary>Kills a process (SIGKILL) and waits for its end; it can tidy nothing up.</summary>
    public static void Kill(Process process)
    {
        using (process)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    public void Dispose() => Program.Dispose();
}
