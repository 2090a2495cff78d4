namespace GaitProp.Data;

/// <summary>The archive of the binary version and what it holds. Only tests use another one than <see cref="Official"/>.</summary>
/// <param name="Address">Where its authors publish it.</param>
/// <param name="Length">Bytes of the archive.</param>
/// <param name="Md5">The md5 sum of the archive.</param>
/// <param name="Layout">The files in it.</param>
internal sealed record Cifar10Release(Uri Address, long Length, string Md5, Cifar10Layout Layout)
{
    /// <summary>The archive as its authors publish it.</summary>
    public static Cifar10Release Official { get; } = new(
        new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
        170_052_171,
        "c32a1d4ab5d03f1284b67883e8d87530",
        Cifar10Layout.Official);
}
