namespace GaitProp.Data;

/// <summary>
/// CIFAR-100 in its official binary layout (<see cref="CifarBinary"/>): 50,000 training and 10,000 test records of two labels, the coarse
/// one (of 20) and the fine one (of 100), which is the class.
/// </summary>
/// <remarks>
/// Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009. Address and sum of the archive:
/// https://www.cs.toronto.edu/~kriz/cifar.html, which gives no sums of the files in it.
/// </remarks>
internal sealed class Cifar100 : CifarBinary
{
    private const int RecordBytes = 2 + (3 * 32 * 32);

    /// <summary>The set as it is published.</summary>
    public Cifar100()
        : this(Published) { }

    /// <summary>A set of other files; only tests have one.</summary>
    internal Cifar100(DataRelease release)
        : base(release, 20, 100) { }

    /// <inheritdoc/>
    public override string Name => "cifar100";

    /// <inheritdoc/>
    public override string Title => "CIFAR-100";

    /// <inheritdoc/>
    public override string Licence => "none stated by its author, who asks to cite Krizhevsky (2009)";

    /// <inheritdoc/>
    public override string FolderName => "cifar-100-binary";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames { get; } =
    [
        "apple",
        "aquarium_fish",
        "baby",
        "bear",
        "beaver",
        "bed",
        "bee",
        "beetle",
        "bicycle",
        "bottle",
        "bowl",
        "boy",
        "bridge",
        "bus",
        "butterfly",
        "camel",
        "can",
        "castle",
        "caterpillar",
        "cattle",
        "chair",
        "chimpanzee",
        "clock",
        "cloud",
        "cockroach",
        "couch",
        "crab",
        "crocodile",
        "cup",
        "dinosaur",
        "dolphin",
        "elephant",
        "flatfish",
        "forest",
        "fox",
        "girl",
        "hamster",
        "house",
        "kangaroo",
        "keyboard",
        "lamp",
        "lawn_mower",
        "leopard",
        "lion",
        "lizard",
        "lobster",
        "man",
        "maple_tree",
        "motorcycle",
        "mountain",
        "mouse",
        "mushroom",
        "oak_tree",
        "orange",
        "orchid",
        "otter",
        "palm_tree",
        "pear",
        "pickup_truck",
        "pine_tree",
        "plain",
        "plate",
        "poppy",
        "porcupine",
        "possum",
        "rabbit",
        "raccoon",
        "ray",
        "road",
        "rocket",
        "rose",
        "sea",
        "seal",
        "shark",
        "shrew",
        "skunk",
        "skyscraper",
        "snail",
        "snake",
        "spider",
        "squirrel",
        "streetcar",
        "sunflower",
        "sweet_pepper",
        "table",
        "tank",
        "telephone",
        "television",
        "tiger",
        "tractor",
        "train",
        "trout",
        "tulip",
        "turtle",
        "wardrobe",
        "whale",
        "willow_tree",
        "wolf",
        "woman",
        "worm",
    ];

    internal static DataRelease Published =>
        new(
            [new(new("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"), 168_513_733, "03b5dce01913d631647c71ecec9e9cb8")],
            [new("train.bin", 50_000 * RecordBytes, null), new("test.bin", 10_000 * RecordBytes, null)]
        )
        {
            IsArchive = true,
            Edition = "the binary version",
            NamesFile = "fine_label_names.txt",
            Unread = ["coarse_label_names.txt", "readme.html"],
            OtherEditions =
            [
                ("cifar-100-python", "the Python version of CIFAR-100"),
                ("cifar-100-matlab", "the MATLAB version of CIFAR-100"),
                ("cifar-10-batches-bin", "CIFAR-10"),
                ("cifar-10-batches-py", "CIFAR-10"),
            ],
        };
}
