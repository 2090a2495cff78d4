using System.Globalization;
using System.Text.RegularExpressions;

namespace GaitProp.Data.Preparation;

/// <summary>
/// The classes of a flat validation folder: from the development kit's ground truth or from <c>LOC_val_solution.csv</c>. Where both are
/// there, they must agree.
/// </summary>
internal sealed partial class ValidationLabels
{
    private const string Solution = "LOC_val_solution.csv";

    private readonly IReadOnlyList<string>? _byNumber;
    private readonly LabelTable<string>? _byName;

    private ValidationLabels(IReadOnlyList<string>? byNumber, LabelTable<string>? byName) => (_byNumber, _byName) = (byNumber, byName);

    /// <summary>Where the labels come from, in words.</summary>
    public string Source =>
        (_byNumber, _byName) is ({ }, { }) ? $"{DevelopmentKit.GroundTruth}, which agrees with {Solution}"
        : _byNumber is null ? Solution
        : DevelopmentKit.GroundTruth;

    /// <summary>Finds the labels.</summary>
    /// <param name="root">The folder of the set.</param>
    /// <param name="folder">The flat folder, for the error.</param>
    /// <exception cref="GaitPropException">There are none.</exception>
    public static ValidationLabels Find(string root, string folder)
    {
        var byName = FileOf(root, Solution) is { } csv
            ? new LabelTable<string>(
                csv,
                File.ReadLines(csv).Skip(1).Select(line => line.Split(',', ' ')).Where(f => f.Length > 1).Select(f => (f[0], f[1]))
            )
            : null;
        var byNumber = DevelopmentKit.In(root).Labels;
        return byNumber is null && byName is null
            ? throw new GaitPropException(
                $"{folder} is flat, and its labels are nowhere in {root}: put {Solution} there, or the development kit, {DevelopmentKit.Archive}."
            )
            : new ValidationLabels(byNumber, byName);
    }

    /// <summary>The class id of an image.</summary>
    /// <param name="file">Its file name, such as <c>ILSVRC2012_val_00000293.JPEG</c>.</param>
    /// <exception cref="GaitPropException">It has no label, or two that differ.</exception>
    public string Of(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var listed = _byName?[name];
        var numbered =
            _byNumber is not null
            && ImageNumber().Match(name) is { Success: true } match
            && int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is var number
            && number >= 1
            && number <= _byNumber.Count
                ? _byNumber[number - 1]
                : null;
        return listed is not null && numbered is not null && listed != numbered
            ? throw new GaitPropException(
                $"{file} is of class {numbered} in {DevelopmentKit.GroundTruth}, but of {listed} in {Solution}: remove the one that is not of this set."
            )
            : numbered
                ?? listed
                ?? throw new GaitPropException($"{file} has no label in {Source}: take it out, or get the label file again.");
    }

    private static string? FileOf(string root, string name) =>
        ((string[])["", "ILSVRC"]).Select(folder => Path.Combine(root, folder, name)).FirstOrDefault(File.Exists);

    [GeneratedRegex(@"_(\d{1,9})\z")]
    private static partial Regex ImageNumber();
}
