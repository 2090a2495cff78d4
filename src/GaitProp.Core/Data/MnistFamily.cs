namespace GaitProp.Data;

/// <summary>
/// A set of the MNIST family: 60,000 training and 10,000 test images of 28 x 28 grey pixels in ten classes, in four IDX files
/// (<see cref="IdxFile"/>), compressed by gzip or not. All have the same file names: the folder tells which set they are. A folder of fewer
/// images is read too.
/// </summary>
internal abstract class MnistFamily : FolderDataSet
{
    private const int Side = 28;
    private const string Gzip = ".gz";

    private static readonly string[] Files =
    [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];

    private readonly string _folderOfTorchvision;

    /// <summary>A member of the family.</summary>
    /// <param name="folderOfTorchvision">The folder in which torchvision keeps its files, in a folder <c>raw</c>.</param>
    /// <param name="address">The folder of the four compressed files on the web.</param>
    /// <param name="published">Bytes and md5 sums of the compressed files: training images, training labels, test images, test
    /// labels.</param>
    protected MnistFamily(string folderOfTorchvision, string address, params (long Length, string Md5)[] published)
    {
        _folderOfTorchvision = folderOfTorchvision;
        Release = new DataRelease(
            [.. Files.Zip(published, (name, file) => new DataDownload(new Uri($"{address}{name}{Gzip}"), file.Length, file.Md5))],
            [.. Files.Zip(published, (name, file) => new DataFile(name + Gzip, file.Length, file.Md5))]
        )
        {
            Unread = Files,
        };
    }

    /// <inheritdoc/>
    public abstract override IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<long> Shape { get; } = [1, Side, Side];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = [.. Files.Select(f => f + Gzip), .. Files];

    /// <inheritdoc/>
    internal override DataRelease Release { get; }

    /// <summary>
    /// Looks for the set in a folder: under its name, where torchvision keeps it, and in the folder itself, unless that has the name of
    /// another set of the family.
    /// </summary>
    /// <inheritdoc/>
    public override string? FindIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Array.Find(
            [Path.Combine(full, FolderName), Path.Combine(full, _folderOfTorchvision, "raw"), full],
            place =>
                Marks.Any(mark => File.Exists(Path.Combine(place, mark)))
                && !DataSets.All.OfType<MnistFamily>().Any(other => other.Name != Name && other.IsNamed(place))
        );
    }

    /// <inheritdoc/>
    private protected override string Above(string full)
    {
        var raw = Path.Combine(_folderOfTorchvision, "raw");
        return full.EndsWith(Path.DirectorySeparatorChar + raw, StringComparison.Ordinal) ? full[..^(raw.Length + 1)] : base.Above(full);
    }

    /// <summary>Reads the set and checks every head, size and label, but not the md5 sums.</summary>
    /// <inheritdoc/>
    public override ImageDataset Read(string folder)
    {
        folder = Require(folder);
        return new ImageDataset(
            Title,
            folder,
            ClassNames,
            Split(folder, Files[0], Files[1]),
            Split(folder, Files[2], Files[3]),
            isEmbedded: false
        );
    }

    /// <summary>Reads the set, and checks the md5 sum of every compressed file; of others none is published.</summary>
    /// <inheritdoc/>
    internal override DataVerdict Verify(string folder, CancellationToken cancellationToken = default)
    {
        folder = Require(folder);
        var compressed = 0;
        foreach (var file in Release.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (File.Exists(path))
            {
                try
                {
                    using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                    FileCheck.Run(stream, file, null, path, Fetch(folder)!, onBytes: null, cancellationToken);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new GaitPropException($"{path} cannot be read ({OneLine.Of(e)}): check its permissions and the disk.", e);
                }

                compressed++;
            }
        }

        var data = Read(folder);
        return new DataVerdict(
            Title,
            compressed == Files.Length
                ? "all md5 sums are right"
                : $"{ByteCount.Digits(data.Train.Count)} training and {ByteCount.Digits(data.Test.Count)} test images can be read; md5 sums are published of the .gz files alone"
        )
        {
            IsWhole = compressed == Files.Length || (data.Train.Count, data.Test.Count) is (60_000, 10_000),
        };
    }

    /// <summary>Whether a folder has this set's name, or torchvision's.</summary>
    private bool IsNamed(string place)
    {
        var name = Path.GetFileName(place);
        return name == FolderName
            || name == _folderOfTorchvision
            || (name == "raw" && Path.GetFileName(Path.GetDirectoryName(place)) == _folderOfTorchvision);
    }

    private ImageSplit Split(string folder, string imagesFile, string labelsFile)
    {
        var cure = $"fetch the set again with {Fetch(folder)}";
        var (imagesPath, labelsPath) = (There(folder, imagesFile), There(folder, labelsFile));
        var images = IdxFile.Read(imagesPath, [0, Side, Side], cure);
        var labels = IdxFile.Read(labelsPath, [0], cure);
        if (images.Shape[0] != labels.Shape[0])
        {
            throw new GaitPropException(
                $"{imagesPath} has {ByteCount.Digits(images.Shape[0])} images, but {labelsPath} {ByteCount.Digits(labels.Shape[0])} labels: one of them is damaged or another set's; {cure}."
            );
        }

        if (labels.Values.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(ClassNames.Count - 1)) is >= 0 and var bad)
        {
            throw new GaitPropException(
                $"{labelsPath}: image {ByteCount.Digits(bad)} (the first is image 0) has the label {labels.Values[bad]}, not 0 to {ClassNames.Count - 1}: the file is damaged; {cure}."
            );
        }

        return new ImageSplit(images.Values, labels.Values, 1, Side, Side);
    }

    /// <summary>The compressed file, whose sum is published, or else the other.</summary>
    private static string There(string folder, string file)
    {
        var plain = Path.Combine(folder, file);
        return File.Exists(plain) && !File.Exists(plain + Gzip) ? plain : plain + Gzip;
    }
}

/// <summary>MNIST, handwritten digits.</summary>
/// <remarks>
/// Y. LeCun, C. Cortes and C. Burges, http://yann.lecun.com/exdb/mnist, which gave the sizes and no longer serves the files; PyTorch's
/// mirror does, and the documentation of torchvision and of TensorFlow gives the same sums for it.
/// </remarks>
internal sealed class Mnist()
    : MnistFamily(
        "MNIST",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        (9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        (28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
        (1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
        (4_542, "ec29112dd5afa0611ce80d1b7f02629c")
    )
{
    /// <inheritdoc/>
    public override string Name => "mnist";

    /// <inheritdoc/>
    public override string Title => "MNIST";

    /// <inheritdoc/>
    public override string Licence => "none stated by its authors";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
}

/// <summary>Fashion-MNIST, photos of clothes.</summary>
/// <remarks>H. Xiao, K. Rasul and R. Vollgraf, 2017. Addresses and sums: https://github.com/zalandoresearch/fashion-mnist.</remarks>
internal sealed class FashionMnist()
    : MnistFamily(
        "FashionMNIST",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        (29_515, "25c81989df183df01b3e8a0aad5dffbe"),
        (4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
        (5_148, "bb300cfdad3c16e7a12a480ee83cd310")
    )
{
    /// <inheritdoc/>
    public override string Name => "fashion-mnist";

    /// <inheritdoc/>
    public override string Title => "Fashion-MNIST";

    /// <inheritdoc/>
    public override string Licence => "MIT";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; } =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
}

/// <summary>Kuzushiji-MNIST, handwritten characters of old Japanese books.</summary>
/// <remarks>T. Clanuwat and others, 2018. Addresses: https://github.com/rois-codh/kmnist; sums: the documentation of torchvision.</remarks>
internal sealed class KuzushijiMnist()
    : MnistFamily(
        "KMNIST",
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        (18_165_135, "bdb82020997e1d708af4cf47b453dcf7"),
        (29_497, "e144d726b3acfaa3e44228e80efcd344"),
        (3_041_136, "5c965bf0a639b31b8f53240b1b52f4d7"),
        (5_120, "7320c461ea6c1c855c0b718fb2a4b134")
    )
{
    /// <inheritdoc/>
    public override string Name => "kmnist";

    /// <inheritdoc/>
    public override string Title => "Kuzushiji-MNIST";

    /// <inheritdoc/>
    public override string Licence => "CC BY-SA 4.0";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; } = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"];
}
