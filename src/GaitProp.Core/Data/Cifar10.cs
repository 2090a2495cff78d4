namespace GaitProp.Data;

/// <summary>
/// CIFAR-10 in its official binary layout (<see cref="CifarBinary"/>): five files of 10,000 training records and one of 10,000 test
/// records. Where it is not found, the embedded set stands in.
/// </summary>
/// <remarks>
/// Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009. Addresses, sizes and sums:
/// https://www.cs.toronto.edu/~kriz/cifar.html.
/// </remarks>
internal sealed class Cifar10 : CifarBinary
{
    private const int RecordsPerFile = 10_000;

    /// <summary>The set as it is published.</summary>
    public Cifar10()
        : this(Published) { }

    /// <summary>A set of other files; only tests have one.</summary>
    internal Cifar10(DataRelease release)
        : base(release, 10) { }

    /// <summary>The set as it is published.</summary>
    internal static Cifar10 Official { get; } = new();

    /// <inheritdoc/>
    public override string Name => "cifar10";

    /// <inheritdoc/>
    public override string Title => "CIFAR-10";

    /// <inheritdoc/>
    public override string Licence => "none stated by its author, who asks to cite Krizhevsky (2009)";

    /// <inheritdoc/>
    public override string FolderName => "cifar-10-batches-bin";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; } =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    internal static DataRelease Published =>
        new(
            [new(new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), 170_052_171, "c32a1d4ab5d03f1284b67883e8d87530")],
            [
                File("data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25"),
                File("data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692"),
                File("data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421"),
                File("data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb"),
                File("data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d"),
                File("test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d"),
            ]
        )
        {
            IsArchive = true,
            Edition = "the binary version",
            NamesFile = "batches.meta.txt",
            Unread = ["readme.html"],
            OtherEditions =
            [
                ("cifar-10-batches-py", "the Python version of CIFAR-10"),
                ("data_batch_1", "the Python version of CIFAR-10"),
                ("cifar-10-batches-mat", "the MATLAB version of CIFAR-10"),
                ("data_batch_1.mat", "the MATLAB version of CIFAR-10"),
                ("cifar-100-binary", "CIFAR-100"),
                ("cifar-100-python", "CIFAR-100"),
            ],
        };

    /// <inheritdoc/>
    public override (ImageDataset Data, string? StandsInFor) Open(string? named) =>
        named != DataSets.Embedded && DataPlaces.Current.Find(this, named) is { } found
            ? (Read(found.Folder), null)
            : (SyntheticImages.Default, Title);

    private static DataFile File(string name, string md5) => new(name, RecordsPerFile * (1 + (3 * 32 * 32)), md5);
}
