using System.Globalization;
using System.Text.RegularExpressions;

namespace GaitProp.Data.Preparation;

/// <summary>
/// The classes of a flat validation folder: from the development kit's ground truth (a class number for each image number, and
/// <c>map_clsloc.txt</c> from number to id) or from <c>LOC_val_solution.csv</c>. Where both are there, they must agree.
/// </summary>
internal sealed partial class ValidationLabels
{
    private const string GroundTruth = "ILSVRC2012_validation_ground_truth.txt";
    private const string Map = "map_clsloc.txt";
    private const string Solution = "LOC_val_solution.csv";

    private readonly string[]? _byNumber;
    private readonly Dictionary<string, string>? _byName;

    private ValidationLabels(string[]? byNumber, Dictionary<string, string>? byName) => (_byNumber, _byName) = (byNumber, byName);

    /// <summary>Where the labels come from, in words.</summary>
    public string Source => (_byNumber, _byName) is ({ }, { }) ? $"{GroundTruth}, which agrees with {Solution}" : _byNumber is null ? Solution : GroundTruth;

    /// <summary>Finds the labels.</summary>
    /// <param name="root">The folder of the set.</param>
    /// <param name="folder">The flat folder, for the error.</param>
    /// <exception cref="GaitPropException">There are none.</exception>
    public static ValidationLabels Find(string root, string folder)
    {
        var byName = FileOf(root, Solution) is { } csv
            ? File.ReadLines(csv).Skip(1).Select(line => line.Split(',', ' ')).Where(f => f.Length > 1).ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal)
            : null;
        string[]? byNumber = null;
        if (FileOf(root, GroundTruth) is { } truth && FileOf(root, Map) is { } map)
        {
            var ids = File.ReadLines(map).Select(line => line.Split(' ')).Where(f => f.Length > 1).ToDictionary(f => Number(f[1], map), f => f[0]);
            byNumber = [.. File.ReadLines(truth).Where(line => line.Length > 0).Select(line => ids.GetValueOrDefault(Number(line, truth))
                ?? throw new GaitPropException($"{truth} has class {line}, which {map} does not have: get both from the same development kit."))];
        }

        return byNumber is null && byName is null
            ? throw new GaitPropException($"{folder} is flat, and its labels are nowhere in {root}: put {Solution} there, or {GroundTruth} and {Map} of the development kit.")
            : new ValidationLabels(byNumber, byName);
    }

    /// <summary>The class id of an image.</summary>
    /// <param name="file">Its file name, such as <c>ILSVRC2012_val_00000293.JPEG</c>.</param>
    /// <exception cref="GaitPropException">It has no label, or two that differ.</exception>
    public string Of(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var listed = _byName?.GetValueOrDefault(name);
        var numbered = _byNumber is not null && ImageNumber().Match(name) is { Success: true } match
            && int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is var number && number >= 1 && number <= _byNumber.Length ? _byNumber[number - 1] : null;
        return listed is not null && numbered is not null && listed != numbered
            ? throw new GaitPropException($"{file} is of class {numbered} in {GroundTruth}, but of {listed} in {Solution}: remove the one that is not of this set.")
            : numbered ?? listed ?? throw new GaitPropException($"{file} has no label in {Source}: take it out, or get the label file again.");
    }

    private static string? FileOf(string root, string name) =>
        ((string[])["", "ILSVRC", "devkit", "ILSVRC/devkit", "ILSVRC2012_devkit_t12", "ILSVRC/ILSVRC2012_devkit_t12"])
            .SelectMany(p => (string[])[Path.Combine(root, p, name), Path.Combine(root, p, "data", name)]).FirstOrDefault(File.Exists);

    private static int Number(string text, string file) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new GaitPropException($"{file} has '{text}' where a class number should be: get the file again.");

    [GeneratedRegex(@"_(\d{1,9})\z")]
    private static partial Regex ImageNumber();
}
