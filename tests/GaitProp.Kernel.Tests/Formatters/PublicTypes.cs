using System.Reflection;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using TorchSharp;

namespace GaitProp.Kernel.Tests.Formatters;

/// <summary>A value of every public type of the kit that a cell can hold.</summary>
internal static class PublicTypes
{
    private static readonly ImageDataset Images = SyntheticImages.Generate(train: 400, test: 200);

    private static readonly Lazy<Network> Small = new(() =>
        Network.Build(NetworkDefinition.Parse("mine", [3, 8, 8], "conv 3x3/2 8, maxpool 2, dense 10"), AuxiliaryUnits.Explicit, 1)
    );

    /// <summary>Values that no constructor alone makes, or that would make no sense.</summary>
    private static readonly Dictionary<Type, Func<object>> Special = new()
    {
        [typeof(ImageSplit)] = () => Images.Test,
        [typeof(ImageDataset)] = () => Images,
        [typeof(DataSet)] = () => DataSets.Find("cifar10"),
        [typeof(FolderDataSet)] = () => DataSets.Find("cifar10"),
        [typeof(Network)] = () => Small.Value,
        [typeof(Layer)] = () => Small.Value.Layers[0],
        [typeof(AffineLayer)] = () => Small.Value.Layers[0],
        [typeof(InvertibleDense)] = () => Small.Value.Layers[2],
        [typeof(NetworkDefinition)] = () => NetworkDefinition.Parse("mine", [3, 8, 8], "conv 3x3/2 8, maxpool 2, dense 10"),
        [typeof(NetworkBuilder)] = () => new NetworkBuilder("mine", 3, 8, 8),
        [typeof(ForwardTrace)] = () => Small.Value.Forward(torch.rand(2, 3, 8, 8)),
        [typeof(Experiment)] = () => Presets.Experiment("cifar-shallow", "ngait", "fast"),
        [typeof(ExperimentDocument)] = () => ExperimentDocument.Open("cifar-shallow"),
        [typeof(RunRecord)] = () => Samples.Run("ngait"),
        [typeof(RunDescription)] = () => Samples.Run("ngait").Description,
        [typeof(RunEnvironment)] = () => RunEnvironment.Here(torch.CPU),
        [typeof(RunStore)] = () => new RunStore("runs"),
        [typeof(RuleVariant)] = () => RuleVariant.Parse("bp"),
        [typeof(InverseStrategy)] = () => InverseStrategy.Parse("exact"),
        [typeof(Trainer)] = () =>
            new Trainer(
                Presets.Experiment("cifar-shallow", "ngait", "fast") with
                {
                    Network = "dense 20, dense 10",
                },
                Images,
                null,
                torch.CPU
            ),
        [typeof(FigurePlan)] = () => FigurePlan.Of("fig4", "smoke", Images),
        [typeof(Evaluation)] = () => Samples.All["evaluation"](),
        [typeof(AngleTable)] = () => Samples.All["angles"](),
        [typeof(Figure)] = () => Samples.All["figure"](),
        [typeof(RunComparison)] = () => Samples.All["comparison"](),
        [typeof(PixelNormalisation)] = () => new PixelNormalisation([0.5, 0.5, 0.5], [0.2, 0.2, 0.2]),
        [typeof(LayerDefinition)] = () => LayerDefinition.Parse("dense 10"),
        [typeof(RuleOptions)] = () => RuleCatalog.DefaultOptions("ngait"),
        [typeof(DescentRule)] = () => RuleCatalog.Names.Select(name => RuleCatalog.Create(name)).First(rule => rule is DescentRule),
        [typeof(LearningRule)] = () => RuleCatalog.Create("ngait"),
        [typeof(SubspaceRetraction)] = () => new SubspaceRetraction(torch.eye(8), 2, 1),
    };

    /// <summary>
    /// The types: public, and neither a set of functions, nor an attribute, nor an exception, which have forms of their own.
    /// </summary>
    public static IEnumerable<Type> All =>
        typeof(Network)
            .Assembly.GetExportedTypes()
            .Where(t =>
                !(t.IsAbstract && t.IsSealed)
                && !t.IsGenericTypeDefinition
                && !t.IsInterface
                && !typeof(Attribute).IsAssignableFrom(t)
                && !typeof(Exception).IsAssignableFrom(t)
            );

    /// <summary>A value of a type.</summary>
    /// <param name="type">The type.</param>
    public static object Of(Type type)
    {
        LibTorch.Load();
        return Make(type, 0)
            ?? throw new InvalidOperationException($"There is no way to make a {type.FullName}: tell {nameof(PublicTypes)} how.");
    }

    /// <summary>A list as the kit makes them, whose type has a name of the compiler's making.</summary>
    public static IReadOnlyList<T> List<T>(params ReadOnlySpan<T> values) => [.. values];

    private static object? Make(Type type, int depth)
    {
        if (Special.TryGetValue(type, out var make))
        {
            return make();
        }

        if (typeof(LearningRule).IsAssignableFrom(type) && !type.IsAbstract)
        {
            return RuleCatalog.Names.Select(name => RuleCatalog.Create(name)).FirstOrDefault(r => r.GetType() == type)
                ?? Constructed(type, depth);
        }

        return Nullable.GetUnderlyingType(type) is { } inner ? Make(inner, depth)
            : type == typeof(string) ? "<b>word</b>"
            : type == typeof(bool) ? true
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(2026, 11, 3, 10, 15, 0, TimeSpan.Zero)
            : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(90)
            : type == typeof(byte[]) ? new byte[12]
            : type == typeof(long[]) ? new long[] { 3, 8, 8 }
            : type == typeof(ReadOnlyMemory<byte>) ? new ReadOnlyMemory<byte>(new byte[12])
            : type == typeof(torch.Tensor) ? torch.ones(2, 3)
            : type == typeof(torch.Device) ? torch.CPU
            : type == typeof(JsonNode) ? JsonNode.Parse("""{ "a": [1, 2, { "b": null }] }""")
            : typeof(Delegate).IsAssignableFrom(type) ? null
            : type.IsEnum ? type.GetEnumValues().GetValue(0)
            : type.IsPrimitive || type == typeof(decimal) ? Convert.ChangeType(3, type, System.Globalization.CultureInfo.InvariantCulture)
            : type.IsGenericType
            && type.GetGenericArguments() is [var item]
            && type.IsAssignableFrom(typeof(IReadOnlyList<>).MakeGenericType(item))
                ? typeof(PublicTypes)
                    .GetMethod(nameof(Several), BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(item)
                    .Invoke(null, [depth])
            : type.IsAbstract
                ? All.Where(t => t.IsSubclassOf(type) && !t.IsAbstract).Select(t => Make(t, depth + 1)).FirstOrDefault(v => v is not null)
            : depth > 4 ? null
            : Constructed(type, depth);
    }

    private static IReadOnlyList<T> Several<T>(int depth) =>
        Make(typeof(T), depth + 1) is T value && Make(typeof(T), depth + 1) is T other ? List(value, other) : List<T>();

    private static object? Constructed(Type type, int depth)
    {
        // Records have a constructor that copies one.
        foreach (
            var constructor in type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(c => c.GetParameters() is not [var only] || only.ParameterType != type)
                .OrderByDescending(c => c.GetParameters().Length)
        )
        {
            try
            {
                var value = constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType, depth + 1))]);
                foreach (
                    var required in type.GetProperties()
                        .Where(p => p.GetCustomAttributesData().Any(a => a.AttributeType.Name == "RequiredMemberAttribute"))
                )
                {
                    required.SetValue(value, Make(required.PropertyType, depth + 1));
                }

                return value;
            }
            catch (Exception e) when (e is TargetInvocationException or ArgumentException)
            {
                // This one does not take such values; perhaps another does.
            }
        }

        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }
}
