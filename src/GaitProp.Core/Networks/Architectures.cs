namespace GaitProp;

/// <summary>The networks of the paper (design notes, section 2.6), at any input size and number of classes.</summary>
public static class Architectures
{
    private const int Width = 1024;

    /// <summary>As many as a network that lists its layers may have.</summary>
    private const int MostHidden = 1000;

    /// <summary>The names that <see cref="Define"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cifar-shallow", "cifar-deep", "imagenet"];

    /// <summary>The plan of a published network.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="inputShape">Shape of one input: channels, height, width. Published: 3 x 32 x 32 (CIFAR-10), 3 x 224 x 224
    /// (ImageNet).</param>
    /// <param name="classes">Logits. Published: 10 and 1000.</param>
    /// <param name="depth">Hidden layers of the CIFAR-10 networks; the published 3 and 6 if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">There is no such network, or its depth cannot be chosen.</exception>
    public static NetworkDefinition Define(string name, IReadOnlyList<long> inputShape, int classes, int? depth = null) =>
        name switch
        {
            "cifar-shallow" => new(name, inputShape, Dense(depth ?? 3, classes)),
            "cifar-deep" => new(name, inputShape, Dense(depth ?? 6, classes)),
            "imagenet" when depth is not null => throw new GaitPropException(
                "the imagenet network has a depth of its own: leave it out, or choose cifar-shallow or cifar-deep."
            ),
            "imagenet" => new(
                name,
                inputShape,
                [
                    new ConvDefinition(9, 4, 24),
                    new ConvDefinition(3, 2, 24),
                    new ConvDefinition(5, 2, 48),
                    new ConvDefinition(3, 2, 48),
                    new ConvDefinition(3, 1, 96),
                    new ConvDefinition(3, 2, 96),
                    new ConvDefinition(3, 1, 192),
                    new DenseDefinition(classes),
                ]
            ),
            _ => throw new GaitPropException(Suggestion.Unknown("network", name, Names)),
        };

    /// <summary>Hidden layers of 1024 units and the logits: 3072-1024, then 1024-1024, then out.</summary>
    private static LayerDefinition[] Dense(int hidden, int classes) =>
        hidden is < 1 or > MostHidden
            ? throw new GaitPropException(Text($"a depth of {hidden} is not possible: a network has 1 to {MostHidden} hidden layers."))
            : [.. Enumerable.Repeat(new DenseDefinition(Width), hidden), new DenseDefinition(classes)];
}
