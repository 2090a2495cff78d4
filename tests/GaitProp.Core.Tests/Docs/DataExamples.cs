using GaitProp.Tests.Data;
using GaitProp.Tests.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Docs;

/// <summary>
/// The C# of <c>docs/data.md</c> stands in this file, where it is compiled and run, and the document has it line by line.
/// </summary>
public sealed class DataExamples : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_document_has_the_code_of_this_file()
    {
        var source = Lines(File.ReadAllText(Path.Combine(Repository.Folder, "tests/GaitProp.Core.Tests/Docs/DataExamples.cs"))).ToHashSet();
        var blocks = DocumentedCode.Of("docs/data.md");

        Assert.Equal(2, blocks.Length);

        // This file lies in a namespace below the kit's, which sees it.
        Assert.All(blocks.SelectMany(Lines).Where(line => line != "using GaitProp;"), line => Assert.Contains(line, source));
    }

    [Fact]
    public void A_set_of_ones_own_is_read()
    {
        var records = Enumerable.Range(0, 6).SelectMany(i => (byte[])[(byte)(i % 2), .. Enumerable.Repeat((byte)(40 * i), 64)]).ToArray();
        File.WriteAllBytes(Path.Combine(_folder.Make("stripes"), "stripes.bin"), records);

        DataSets.Register<Stripes>();

        var data = DataSets.Of("stripes", _folder.Path).Data;
        Assert.Equal((4, 2, 1), (data.Train.Count, data.Test.Count, data.Train.Label(1)));
        Assert.Equal(((40 / 255f) - 0.5f) / 0.25f, data.Train.Batches(1).Select(b => b.Images.data<float>()[0]).ElementAt(1), 1e-6f);
    }

    [Fact]
    public void A_runs_network_is_as_good_as_the_run_says()
    {
        var data = SyntheticImages.Generate(train: 64, test: 50);
        using var trainer = new Trainer(TrainerTests.Small("bp") with { Network = "dense 16, dense 10", Epochs = 1 }, data);
        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(run.Epochs[^1].TestAccuracy, Accuracy(run.Folder, data.Test));

        static double Accuracy(string runFolder, ImageSplit split)
        {
            using var network = RunRecord.Read(runFolder).LoadNetwork();
            var right = 0L;
            foreach (var (images, labels) in split.Batches(256, seed: 1))
            {
                using var scope = NewDisposeScope();
                right += network.Predict(images).argmax(1).eq(labels).sum().item<long>();
            }

            return (double)right / split.Count;
        }
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);
}

/// <summary>Images of 8 x 8 pixels in a file: a label and 64 pixels each.</summary>
public sealed class Stripes : FolderDataSet
{
    public override string Name => "stripes";
    public override string Title => "stripes of mine";
    public override string Licence => "mine";
    public override IReadOnlyList<string> Marks { get; } = ["stripes.bin"];
    public override IReadOnlyList<string> ClassNames { get; } = ["lying", "standing"];
    public override IReadOnlyList<long> Shape { get; } = [1, 8, 8];
    public override PixelNormalisation Normalisation { get; } = new([0.5], [0.25]);

    public override ImageDataset Read(string folder)
    {
        folder = Require(folder);
        var records = File.ReadAllBytes(Path.Combine(folder, "stripes.bin")).Chunk(65).ToArray();
        return new ImageDataset(Title, folder, ClassNames, Split(records[..^2]), Split(records[^2..]), isEmbedded: false);
    }

    private static ImageSplit Split(byte[][] records) => new([.. records.SelectMany(r => r[1..])], [.. records.Select(r => r[0])], 1, 8, 8);
}
