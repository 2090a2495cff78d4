using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Data;
using GaitProp.Data.Preparation;
using GaitProp.Experiments;
using GaitProp.Kernel.Commands;
using GaitProp.Notebook;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Engine;
using GaitProp.Notebook.Notebooks;
using GaitProp.Notebook.Protocol;
using GaitProp.Storage;
using GaitProp.Training;
using GaitProp.Verification;
using NetVips;
using Spectre.Console;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Tests.Fuzz;

/// <summary>
/// Every reader of the kit, with damaged input: it reads it, or refuses it in one line, soon. A case that fails names its seed: add it to
/// <c>tests/fuzz/seeds.txt</c>, whose cases run first, always. GAITPROP_FUZZ_SECONDS gives each reader more time, GAITPROP_FUZZ_SEED other
/// cases.
/// </summary>
public sealed class ReaderTests : IDisposable
{
    /// <summary>The longest that one case may take on a machine with other work.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Safetensors()
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        var file = Path.Combine(_folder, "a.safetensors");
        SafetensorsFile.Write(
            file,
            new Dictionary<string, Tensor> { ["w"] = arange(0, 12).view(3, 4), ["b"] = tensor(new[] { 1f, 2f }) },
            new Dictionary<string, string> { ["step"] = "3" }
        );
        var whole = File.ReadAllBytes(file);
        Attack(
            "safetensors (checkpoints)",
            whole,
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                using var content = SafetensorsFile.Read(file);
                Assert.True(!content.IsVerified || bytes.AsSpan().SequenceEqual(whole), "damage was verified");
            }
        );
    }

    [Fact]
    public void Weights()
    {
        LibTorch.Load();
        var data = SyntheticImages.Generate(train: 32, test: 16);
        var experiment = ExperimentDocument
            .Open("synthetic-shallow")
            .Resolve("bp", new ExperimentChoices { Epochs = 1, Set = ["batchSize=32", "network=dense 4, dense 10"] });
        using var trainer = new Trainer(experiment, data);
        var run = trainer.Run(Path.Combine(_folder, "runs"), cancellation: TestContext.Current.CancellationToken);
        string file;
        using (var last = SavedWeights.OfRun(run.Folder))
        {
            file = KeptWeights.Keep(last, _folder, () => data, CPU, CancellationToken.None).File;
        }

        var whole = File.ReadAllBytes(file);
        Attack(
            "safetensors (weights)",
            whole,
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                using var weights = SavedWeights.Read(file);
                using var network = weights.ToNetwork(data, CPU);
                Assert.True(bytes.AsSpan().SequenceEqual(whole), "damaged weights were taken");
            }
        );
    }

    [Fact]
    public void Npy() =>
        AttackShards("npy (prepared photos: pixels and labels)", folder => Path.Combine(folder, "train-00000.npy"), alsoLabels: true);

    [Fact]
    public void Manifest() =>
        AttackShards("manifest.json of prepared photos", folder => Path.Combine(folder, "manifest.json"), alsoLabels: false);

    [Theory]
    [InlineData("train-images-idx3-ubyte", 1)]
    [InlineData("train-labels-idx1-ubyte", 2)]
    public void Idx(string attacked, int kind) =>
        AttackIdx($"idx (MNIST family: {(kind == 1 ? "images" : "labels")})", attacked, compressed: false);

    [Theory]
    [InlineData("train-images-idx3-ubyte", 1)]
    [InlineData("train-labels-idx1-ubyte", 2)]
    public void Idx_gz(string attacked, int kind) =>
        AttackIdx($"idx in gzip (MNIST family: {(kind == 1 ? "images" : "labels")})", attacked, compressed: true);

    [Fact]
    public void Cifar()
    {
        const int Record = 3074;
        var set = new Cifar100(
            Cifar100.Published with
            {
                Files = [.. Cifar100.Published.Files.Select(f => f with { Length = 4 * Record })],
            }
        );
        var folder = Directory.CreateDirectory(Path.Combine(_folder, set.FolderName)).FullName;
        var whole = new byte[4 * Record];
        File.WriteAllBytes(Path.Combine(folder, "test.bin"), whole);
        Attack(
            "CIFAR, binary version",
            whole,
            bytes =>
            {
                File.WriteAllBytes(Path.Combine(folder, "train.bin"), bytes);
                var data = set.Read(folder);
                Assert.Equal(whole.Length, bytes.Length);
                Assert.All(data.Train.Labels.ToArray(), label => Assert.InRange(label, 0, 99));
            }
        );
    }

    [Fact]
    public void Run_json() => AttackRun("run.json", "run.json");

    [Fact]
    public void Metrics() => AttackRun("metrics.jsonl", "metrics.jsonl");

    [Fact]
    public void Timing() => AttackRun("timing.jsonl", "timing.jsonl");

    [Fact]
    public void Experiment()
    {
        var file = Path.Combine(_folder, "mine.json");
        var whole =
            """
            { "name": "mine", "extends": "cifar-shallow", "network": ["conv 3x3/2 48", "dense 64", "dense 10"], "rules": { "ngait": { "ruleOptions": { "eta": 1e-6 } }, "fa": { "optimizer": { "lr": 1e-3 } } },
              "seeds": "1..3", "preset": "small", "epochs": 3, "batchSize": 64, "trainImages": 100, "precision": "float32",
              "orthogonality": { "kind": "penalty", "lambda": 0.1 }, "presets": { "fast": { "epochs": 2 }, "small": { "preset": "fast", "rules": { "bp": { "epochs": 1 } } } } }
            """u8.ToArray();
        Attack(
            "experiment files",
            whole,
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                var document = ExperimentDocument.Open(file);
                foreach (var rule in document.Rules)
                {
                    _ = ExperimentJson.ToJson(document.Resolve(rule));
                }
            }
        );
    }

    [Fact]
    public void Vectors()
    {
        var file = Path.Combine(_folder, "vectors.json");
        using var resource = typeof(ReferenceFile).Assembly.GetManifestResourceStream("GaitProp.Verification.Vectors.fc.json")!;
        var first = JsonNode.Parse(resource)!;
        var cases = first["cases"]!.AsArray();
        while (cases.Count > 1)
        {
            cases.RemoveAt(cases.Count - 1);
        }

        Attack(
            "reference vectors",
            Encoding.UTF8.GetBytes(first.ToJsonString()),
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                foreach (var result in Verifier.Verify([file]))
                {
                    _ = result.Passed;
                }
            }
        );
    }

    [Fact]
    public void Tar()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "set")).FullName;
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;
        var photos = Directory.CreateDirectory(Path.Combine(_folder, "photos")).FullName;
        File.WriteAllText(Path.Combine(photos, "a.JPEG"), "photo");
        TarFile.CreateFromDirectory(photos, Path.Combine(inner, "n00000001.tar"), includeBaseDirectory: false);
        TarFile.CreateFromDirectory(photos, Path.Combine(inner, "n00000002.tar"), includeBaseDirectory: false);
        File.WriteAllText(Path.Combine(folder, "LOC_val_solution.csv"), "ImageId,PredictionString\na,n00000001 0 0 1 1\n");
        TarFile.CreateFromDirectory(photos, Path.Combine(folder, "ILSVRC2012_img_val.tar"), includeBaseDirectory: false);
        var train = Path.Combine(folder, "ILSVRC2012_img_train.tar");
        TarFile.CreateFromDirectory(inner, train, includeBaseDirectory: false);
        Attack(
            "tar (archives of photos)",
            File.ReadAllBytes(train),
            bytes =>
            {
                File.WriteAllBytes(train, bytes);
                foreach (var image in SourceSet.Open(folder, 1).Train)
                {
                    Assert.InRange(image.Length, 0, bytes.Length);
                }
            }
        );
    }

    [Fact]
    public void Development_kit()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "kit")).FullName;
        var archive = Path.Combine(folder, DevelopmentKit.Archive);
        using (var packed = new GZipStream(File.Create(archive), CompressionLevel.Fastest))
        using (var writer = new TarWriter(packed, TarEntryFormat.Gnu))
        {
            writer.WriteEntry(
                new GnuTarEntry(TarEntryType.RegularFile, DevelopmentKit.GroundTruth) { DataStream = new MemoryStream("1\n"u8.ToArray()) }
            );
            writer.WriteEntry(
                new GnuTarEntry(TarEntryType.RegularFile, DevelopmentKit.Map)
                {
                    DataStream = new MemoryStream("n00000001 1 one\n"u8.ToArray()),
                }
            );
        }

        Attack(
            "gzip and tar (development kit)",
            File.ReadAllBytes(archive),
            bytes =>
            {
                File.WriteAllBytes(archive, bytes);
                _ = DevelopmentKit.In(folder).Labels;
            }
        );
    }

    [Fact]
    public void Mat()
    {
        // A structure of one field with a text and a number, once plain and once compressed.
        byte[] field =
        [
            .. Element(
                14,
                [
                    .. Element(6, [4, 0, 0, 0, 0, 0, 0, 0]),
                    .. Element(5, [1, 0, 0, 0, 2, 0, 0, 0]),
                    .. Element(1, []),
                    .. Element(16, "ab"u8.ToArray()),
                ]
            ),
        ];
        byte[] structure = Element(
            14,
            [
                .. Element(6, [2, 0, 0, 0, 0, 0, 0, 0]),
                .. Element(5, [1, 0, 0, 0, 1, 0, 0, 0]),
                .. Element(1, "synsets"u8.ToArray()),
                .. Element(5, [4, 0, 0, 0]),
                .. Element(1, "WNID"u8.ToArray()),
                .. field,
            ]
        );
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(structure);
        }

        byte[] head = [.. new byte[124], 0, 1, (byte)'I', (byte)'M'];
        Attack(
            "meta.mat",
            [.. head, .. structure, .. Element(15, packed.ToArray())],
            bytes =>
            {
                try
                {
                    _ = MatFile.Read(bytes).Count;
                }
                catch (InvalidDataException e)
                {
                    // The kit's reader puts the file's name before it.
                    throw new GaitPropException(e.Message, e);
                }
            }
        );

        static byte[] Element(int type, byte[] content) =>
            [
                .. BitConverter.GetBytes(type),
                .. BitConverter.GetBytes(content.Length),
                .. content,
                .. new byte[type == 15 ? 0 : (8 - (content.Length % 8)) % 8],
            ];
    }

    [Fact]
    public void Photos()
    {
        using var photo = (Image.Black(30, 20) + new[] { 10.0, 20, 30 })
            .Cast(Enums.BandFormat.Uchar)
            .Copy(interpretation: Enums.Interpretation.Srgb);
        byte[][] whole =
        [
            photo.JpegsaveBuffer(),
            photo.PngsaveBuffer(),
            photo.WebpsaveBuffer(),
            photo.GifsaveBuffer(),
            photo.TiffsaveBuffer(),
        ];
        var decoder = new PhotoDecoder(8);
        foreach (var bytes in whole)
        {
            Attack(
                "photos (JPEG, PNG, WebP, GIF, TIFF)",
                bytes,
                damaged =>
                {
                    try
                    {
                        Assert.Equal(192, decoder.Decode(damaged).Length);
                    }
                    catch (VipsException e)
                    {
                        throw new GaitPropException(PhotoDecoder.Reason(e), e);
                    }
                },
                whole[0],
                share: 0.2
            );
        }
    }

    [Fact]
    public void Ipynb()
    {
        var file = Path.Combine(_folder, "a.ipynb");
        var whole =
            """
            {"cells":[{"cell_type":"code","execution_count":1,"id":"a","metadata":{"tags":["raises-exception"]},"outputs":[{"output_type":"stream","name":"stdout","text":["x\n"]},
            {"output_type":"display_data","data":{"text/plain":["1"],"application/json":{"a":[1]}},"metadata":{}}],"source":["1 + 1\n","2"]},{"cell_type":"markdown","id":"b","metadata":{},"source":"# $x$","attachments":{}}],
            "metadata":{"kernelspec":{"name":"gaitprop","language":"C#","display_name":"C#"},"language_info":{"name":"C#"}},"nbformat":4,"nbformat_minor":5}
            """u8.ToArray();
        Attack(
            "notebooks (ipynb)",
            whole,
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                var notebook = NotebookReader.Read(file);
                NotebookCommand.Write(Path.Combine(_folder, "b.ipynb"), notebook.Text());
                _ = GaitProp.Notebook.Notebooks.Pages.NotebookPage.Html(notebook, "a");
                _ = DibFile.Text(notebook);
            }
        );
    }

    [Fact]
    public void Dib()
    {
        var file = Path.Combine(_folder, "a.dib");
        var whole =
            """
            #!meta

            {"kernelInfo":{"defaultKernelName":"csharp","items":[{"name":"csharp","languageName":"C#","aliases":["c#","C#"]},{"name":"fsharp"}]}}

            #!csharp

            1 + 1

            #!md

            # $x$
            """u8.ToArray();
        Attack(
            "notebooks (dib)",
            whole,
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                _ = NotebookReader.Read(file).Text();
            }
        );
    }

    [Fact]
    public void Wire()
    {
        var signature = new MessageSignature([]);
        var header = new JsonObject
        {
            ["msg_id"] = "1",
            ["session"] = "s",
            ["username"] = "u",
            ["date"] = "d",
            ["msg_type"] = "execute_request",
            ["version"] = "5.3",
        };
        var frames = WireFormat.Write(
            ["id"u8.ToArray()],
            signature,
            header,
            "{}"u8.ToArray(),
            null,
            new JsonObject
            {
                ["code"] = "1",
                ["silent"] = false,
                ["cursor_pos"] = 1,
            }
        );
        var whole = frames.SelectMany(f => (byte[])[.. BitConverter.GetBytes(f.Length), .. f]).ToArray();
        Attack(
            "wire frames",
            whole,
            bytes =>
            {
                var cut = new List<byte[]>();
                for (var rest = bytes.AsSpan(); rest.Length >= 4; )
                {
                    var length = (int)Math.Min((uint)BitConverter.ToInt32(rest), (uint)(rest.Length - 4));
                    cut.Add(rest.Slice(4, length).ToArray());
                    rest = rest[(4 + length)..];
                }

                try
                {
                    var message = WireFormat.Read(cut, signature);
                    _ = (message.Text("code"), message.Flag("silent", true), message.Number("cursor_pos"));
                }
                catch (FormatException e)
                {
                    throw new GaitPropException(e.Message, e);
                }
            }
        );
    }

    [Fact]
    public void Connection_file()
    {
        var file = Path.Combine(_folder, "connection.json");
        Attack(
            "connection files",
            """{"shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004, "hb_port": 50005, "ip": "127.0.0.1", "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256"}"""u8.ToArray(),
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                _ = ConnectionFile.Read(file).Warnings().Count();
            }
        );
    }

    [Fact]
    public async Task Magic_lines()
    {
        await using var engine = new NotebookEngine(GaitPropKit.Kit);
        string[] verbs =
        [
            "#!gaitprop runs list --runs nowhere",
            "#!gaitprop model show imagenet --size 32 --classes 10",
            "#!gaitprop train synthetic-shallow --rule \"ngait\" --epochs 0 --as run",
            "#!gaitprop info",
        ];
        Attack(
            "#!gaitprop lines",
            Encoding.UTF8.GetBytes(verbs[1]),
            bytes =>
            {
                // What trains for minutes is no damage.
                var line = string.Concat(Encoding.UTF8.GetString(bytes).Where(c => c is not ('\n' or '\r')))
                    .Replace("train", "trian", StringComparison.Ordinal)
                    .Replace("reproduce", "reprod", StringComparison.Ordinal);
                var cell = new RecordedCell();
                var result = engine
                    .ExecuteAsync(
                        line.StartsWith("#!gaitprop", StringComparison.Ordinal) ? line : $"#!gaitprop {line}",
                        1,
                        cell,
                        CancellationToken.None
                    )
                    .GetAwaiter()
                    .GetResult();
                var said = cell.Out + cell.Error + (result.Error?.Message ?? "");
                Assert.DoesNotContain("Unexpected ", said, StringComparison.Ordinal);
                if (result.Status == CellStatus.Error)
                {
                    throw new GaitPropException(result.Error!.Message);
                }
            },
            Encoding.UTF8.GetBytes(string.Join(' ', verbs))
        );
    }

    /// <summary>Runs cases until the time is over: those of <c>seeds.txt</c> first.</summary>
    private static void Attack(string reader, byte[] whole, Action<byte[]> read, byte[]? other = null, double share = 1)
    {
        read(whole);
        var (cases, refused, clock, slowest) = (0, 0, Stopwatch.StartNew(), TimeSpan.Zero);
        foreach (var seed in Recorded(reader).Concat(Enumerable.Range(Reliability.Seed, int.MaxValue - Reliability.Seed)))
        {
            if (clock.Elapsed.TotalSeconds > Reliability.Seconds * share && cases >= 20)
            {
                break;
            }

            var damaged = Damage.Of(whole, new Random(seed), other ?? whole);
            var one = Stopwatch.StartNew();
            try
            {
                read(damaged);
            }
            catch (Exception e) when (e is GaitPropException or NotebookException)
            {
                refused++;
                Assert.False(
                    e.Message.Contains('\n', StringComparison.Ordinal) || e.Message.Any(c => char.IsControl(c) && c != '\t'),
                    $"{reader}, seed {seed}: more than a line: {e.Message}"
                );
                Assert.True(e.Message.Length is > 5 and < 3000, $"{reader}, seed {seed}: {e.Message.Length} letters");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{reader}, seed {seed}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}");
            }
            catch (Xunit.Sdk.XunitException e)
            {
                Assert.Fail($"{reader}, seed {seed}: {e.Message}");
            }

            slowest = one.Elapsed > slowest ? one.Elapsed : slowest;
            Assert.True(one.Elapsed < AtOnce, $"{reader}, seed {seed}: took {one.Elapsed}");
            cases++;
        }

        Assert.True(refused > 0, $"{reader}: of {cases} damaged inputs none was refused");
        Reliability.Record(new($"damaged {reader}", cases, "no other exception", refused, slowest.TotalSeconds));
    }

    /// <summary>Seeds that once failed: lines 'reader: seed'.</summary>
    private static IEnumerable<int> Recorded(string reader) =>
        File.ReadAllLines(Path.Combine(Repository.Folder, "tests", "fuzz", "seeds.txt"))
            .Where(l => l.StartsWith($"{reader}: ", StringComparison.Ordinal))
            .Select(l => int.Parse(l[(reader.Length + 2)..], CultureInfo.InvariantCulture));

    private void AttackIdx(string reader, string attacked, bool compressed)
    {
        var set = (FolderDataSet)DataSets.Find("mnist");
        var folder = Directory.CreateDirectory(Path.Combine(_folder, set.FolderName)).FullName;
        foreach (var part in (string[])["train", "t10k"])
        {
            Write($"{part}-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[5 * 784]]);
            Write($"{part}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 2, 3, 9]);
        }

        var file = Path.Combine(folder, compressed ? attacked + ".gz" : attacked);
        Attack(
            reader,
            File.ReadAllBytes(file),
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                var before = GC.GetAllocatedBytesForCurrentThread();
                var data = set.Read(folder);
                Assert.True(data.Train.Count > 0 && data.Train.Pixels.Length == data.Train.Count * 784, "images and labels do not fit");
                Assert.All(data.Train.Labels.ToArray(), label => Assert.InRange(label, 0, 9));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
            }
        );

        void Write(string name, byte[] bytes)
        {
            using var to = new FileStream(Path.Combine(folder, compressed ? name + ".gz" : name), FileMode.Create);
            using var written = compressed ? new GZipStream(to, CompressionLevel.Fastest) : (Stream)to;
            written.Write(bytes);
        }
    }

    private void AttackShards(string reader, Func<string, string> file, bool alsoLabels)
    {
        var photos = Path.Combine(_folder, "in");
        foreach (var (part, label, number) in ((string, int, int)[])[("train", 0, 1), ("train", 1, 2), ("val", 0, 3), ("val", 1, 4)])
        {
            var folder = Directory.CreateDirectory(Path.Combine(photos, part, $"n0000000{label}")).FullName;
            using var photo = (Image.Black(9, 9) + new[] { 10.0 * number, 20, 30 })
                .Cast(Enums.BandFormat.Uchar)
                .Copy(interpretation: Enums.Interpretation.Srgb);
            File.WriteAllBytes(Path.Combine(folder, $"{number}.png"), photo.PngsaveBuffer());
        }

        var to = Path.Combine(_folder, "out");
        new ImagePreparation(SourceSet.Open(photos, 1), to) { Size = 4 }.Run();
        foreach (
            var attacked in alsoLabels
                ? [file(to), file(to).Replace(".npy", ".labels.npy", StringComparison.Ordinal)]
                : (string[])[file(to)]
        )
        {
            var whole = File.ReadAllBytes(attacked);
            Attack(
                reader,
                whole,
                bytes =>
                {
                    File.WriteAllBytes(attacked, bytes);
                    var data = DataSets.Of("imagenet", to).Data;
                    using var check = ContentCheck.Begin(data, Path.Combine(_folder, $"cache{Guid.NewGuid()}"))!;
                    check.Wait(_ => { }, CancellationToken.None);
                    Assert.True(!alsoLabels || bytes.AsSpan().SequenceEqual(whole), "other images under the same identity");
                },
                share: alsoLabels ? 0.5 : 1
            );
            File.WriteAllBytes(attacked, whole);
        }
    }

    private void AttackRun(string reader, string name)
    {
        var recorded = Directory
            .EnumerateFiles(Path.Combine(Repository.Folder, "notebooks", "recorded"), "run.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .First(f => f.Contains("ngait", StringComparison.Ordinal));
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "runs", "cifar-deep", "ngait-s1-20261124-200124")).FullName;
        File.Copy(recorded, Path.Combine(folder, "run.json"));
        var lines = File.ReadLines(Path.Combine(Path.GetDirectoryName(recorded)!, "metrics.jsonl")).ToArray();
        File.WriteAllLines(Path.Combine(folder, "metrics.jsonl"), [.. lines.Take(4), .. lines.TakeLast(4)]);
        File.WriteAllText(
            Path.Combine(folder, "timing.jsonl"),
            """{"kind":"epoch","epoch":1,"steps":2,"meanStepSeconds":0.001,"trainSeconds":0.25,"angleSeconds":0.125,"evaluationSeconds":0.0625}"""
                + "\n"
        );
        var file = Path.Combine(folder, name);
        string[][] verbs =
        [
            ["runs", "list"],
            ["runs", "show", "last"],
            ["runs", "compare", "last"],
            ["runs", "export", "--to", Path.Combine(_folder, "table.csv")],
            ["runs", "record", "--to", Path.Combine(_folder, "recorded")],
            ["runs", "resume", "last"],
            ["evaluate", "last"],
        ];
        var turn = 0;
        Attack(
            reader,
            File.ReadAllBytes(file),
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                var verb = verbs[turn++ % verbs.Length];
                var writer = new StringWriter();
                var console = AnsiConsole.Create(
                    new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(TextWriter.Null) }
                );
                var error = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
                error.Profile.Width = 5000;
                var exit = CommandLine
                    .RunAsync(
                        [.. verb, "--runs", Path.Combine(_folder, "runs")],
                        new CommandContext(console, error, _ => { }),
                        CancellationToken.None
                    )
                    .GetAwaiter()
                    .GetResult();
                Assert.False(writer.ToString().Contains("Unexpected ", StringComparison.Ordinal), $"{string.Join(' ', verb)}: {writer}");
                if (exit != CommandLine.Success)
                {
                    throw new GaitPropException(writer.ToString().TrimEnd());
                }
            }
        );
    }
}
