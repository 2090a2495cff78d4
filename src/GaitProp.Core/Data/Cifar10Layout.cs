namespace GaitProp.Data;

/// <summary>The files of a set and how many records each has. Only tests use another one than <see cref="Official"/>.</summary>
/// <param name="Train">The training files, in order.</param>
/// <param name="Test">The test file.</param>
/// <param name="RecordsPerFile">Images in each file.</param>
internal sealed record Cifar10Layout(IReadOnlyList<Cifar10File> Train, Cifar10File Test, int RecordsPerFile)
{
    /// <summary>The set as its authors publish it.</summary>
    public static Cifar10Layout Official { get; } = new(
        [
            new("data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25"),
            new("data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692"),
            new("data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421"),
            new("data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb"),
            new("data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d"),
        ],
        new("test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d"),
        RecordsPerFile: 10_000);

    /// <summary>All files: the training files, then the test file.</summary>
    public IReadOnlyList<Cifar10File> Files { get; } = [.. Train, Test];

    /// <summary>Bytes of each file.</summary>
    public long FileLength => (long)RecordsPerFile * Cifar10.BytesPerRecord;
}
