using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Formatters;
using GaitProp.Kernel.Jupyter;
using GaitProp.Kernel.Languages;
using GaitProp.Loading;
using GaitProp.Notebook.Cells;
using GaitProp.Runtime;
using GaitProp.Storage;

namespace GaitProp.Kernel;

/// <summary>What the kit brings to the cells of its own notebook host.</summary>
internal static partial class GaitPropKit
{
    private const string TorchSharp = "TorchSharp";

    /// <summary>The kit.</summary>
    public static Kit Kit { get; } =
        new()
        {
            Name = "GaitProp",
            Version = OwnProgram.Version,
            Cache = UserCache.Root,
            Namespaces = GaitPropExtension.Namespaces,
            Extend = GaitPropExtension.AddTo,
            AddLanguages = GaitPropExtension.AddLanguages,
            Plain = TensorArray.Plain,
            RegisterFormatters = GaitPropFormatters.Register,
            BeforeUse = new Dictionary<string, Action> { [TorchSharp] = LibTorch.Load },
            CarriedVersion = Carried,
            Words = NativeError.Parts,

            // TorchSharp is not loaded for sessions that make no tensor.
            BytesOutside = value => value.GetType().FullName == "TorchSharp.torch+Tensor" ? Bytes(value) : 0,

            // Each cell runs on a thread of its own, and C's heap has a part for each: what one gave back, another does not find.
            GiveBack = () =>
            {
                LateFinaliser.FreeAll();
                NativeHeap.GiveBack();
            },
            Unknown = Suggestion.Unknown,
        };

    private static string? Carried(string package) =>
        OwnPackage().IsMatch(package) ? OwnProgram.PackageVersion
        : TensorLibrary().IsMatch(package) ? LibTorch.Metadata("TorchSharpVersion")
        : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Bytes(object value) =>
        value is TorchSharp.torch.Tensor { IsInvalid: false } tensor ? tensor.NumberOfElements * tensor.ElementSize : 0;

    /// <summary>The kit's own, which a notebook names for .NET Interactive's sake.</summary>
    [GeneratedRegex("^GaitProp\\.(Core|Kernel)$", RegexOptions.IgnoreCase)]
    private static partial Regex OwnPackage();

    /// <summary>Packages that bring nothing but libtorch, which the kit has.</summary>
    [GeneratedRegex("^(TorchSharp(-cpu|-cuda.*)?|libtorch-.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex TensorLibrary();
}
