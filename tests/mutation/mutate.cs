#!/usr/bin/env -S dotnet run
#:property TargetFramework=net10.0
#:property PublishAot=false

// Mutation check of the mathematics: breaks one line of the rules, layers or optimiser at a time and runs the tests that should notice.
//
//     dotnet run tests/mutation/mutate.cs            all mutants; writes tests/mutation/report.md
//     dotnet run tests/mutation/mutate.cs -- gamma   only mutants whose name contains a word; writes nothing
//
// It works on a copy of the tracked files in a temporary folder. Exit code 1 if a mutant survives or its text is no longer found.

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

const string Rules = "src/GaitProp.Core/Rules/";
const string Layers = "src/GaitProp.Core/Layers/";
const string Literal = Rules + "Targets/LiteralTargets.cs";
const string Displaced = Rules + "Targets/DisplacedTargets.cs";
const string Conv = Layers + "InvertibleConv2d.cs";
const string Dense = Layers + "InvertibleDense.cs";
const string Inverse = Layers + "InverseStrategy.cs";
const string Relu = Layers + "LeakyReLU.cs";
const string Padding = Layers + "SamePadding.cs";
const string Normalised = Rules + "NormalisedGait/NormalisedGaitRule.cs";
const string Backward = Rules + "Backpropagation/BackwardPass.cs";
const string TargetPropagation = Rules + "TargetPropagation/TargetPropagationRule.cs";
const string Defect = "src/GaitProp.Core/Orthogonality/OrthogonalityDefect.cs";
const string Initial = "src/GaitProp.Core/Orthogonality/OrthogonalInitialisation.cs";
const string Subspace = "src/GaitProp.Core/Orthogonality/SubspaceRetraction.cs";
const string Optimiser = "src/GaitProp.Core/Optimization/Adam.cs";
const string Passes = "src/GaitProp.Core/Runtime/MemoryPass.cs";
const string Losses = "src/GaitProp.Core/Losses/Loss.cs";
const string Angle = "src/GaitProp.Core/Metrics/UpdateAngle.cs";

Mutant[] mutants =
[
    new("literal: the output target goes uphill", Literal, "trace.Output - (k * outputGradient)", "trace.Output + (k * outputGradient)", "Rules.Targets"),
    new("literal: f' is dropped from the gradient", Literal, "f.TimesDerivative(-(1 / k) * TargetRule.PerSample(m, a) * displacement, a)", "-(1 / k) * TargetRule.PerSample(m, a) * displacement", "Rules.Targets"),
    new("literal: the gradient's sign", Literal, "f.TimesDerivative(-(1 / k)", "f.TimesDerivative((1 / k)", "Rules.Targets"),
    new("literal: 1/k becomes k", Literal, "-(1 / k) * TargetRule", "-k * TargetRule", "Rules.Targets"),
    new("literal: m is missing", Literal, "m = m / gamma;", "m = m + (0 * gamma);", "Rules.Targets"),
    new("literal: m is multiplied instead of divided", Literal, "m = m / gamma;", "m = m * gamma;", "Rules.Targets"),
    new("literal: f' is not squared in the nudge", Literal, "f.Derivative(a).square()", "f.Derivative(a)", "Rules.Targets"),
    new("literal: f' is missing from the nudge", Literal, "TargetRule.PerSample(gamma, a) * f.Derivative(a).square()", "TargetRule.PerSample(gamma, a) * ones_like(a)", "Rules.Targets"),
    new("literal: the nudge points away", Literal, "((1 - epsilon) * a) + (epsilon * t)", "((1 + epsilon) * a) - (epsilon * t)", "Rules.Targets"),
    new("literal: the bias is added, not taken off", Literal, "f.Inverse(n) - bias", "f.Inverse(n) + bias", "Rules.Targets"),
    new("literal: the overlap correction is dropped", Literal, "below = below - ((count - 1) * trace.Inputs[l]);", "_ = count;", "Rules.Targets"),
    new("literal: the overlap is divided away", Literal, "below = below - ((count - 1) * trace.Inputs[l]);", "below = below / count.clamp_min(1);", "Rules.Targets"),
    new("literal: count, not count - 1", Literal, "(count - 1) * trace", "count * trace", "Rules.Targets"),
    new("literal: auxiliary units get targets of zero", Literal, "activations.narrow(1, keep, all - keep)]", "zeros_like(activations.narrow(1, keep, all - keep))]", "Rules.Targets"),
    new("literal: a sample without error keeps its infinite factor", Literal, "gamma = where(distance.gt(0), gamma, ones_like(gamma));", "", "Rules.Targets"),

    new("displacement: f' is dropped", Displaced, "var q = f.TimesDerivative(e, a);", "var q = e;", "Rules.Targets"),
    new("displacement: crossings of zero are ignored", Displaced, "q = WithCrossings(q, a, TargetRule.PerSample(-m / k, e), f);", "", "Rules.Targets"),
    new("displacement: m is not carried down", Displaced, "m = where(distance.gt(0), m / gamma, m);", "m = where(distance.gt(0), 1 / gamma, m);", "Rules.Targets"),
    new("displacement: m is multiplied instead of divided", Displaced, "m = where(distance.gt(0), m / gamma, m);", "m = where(distance.gt(0), m * gamma, m);", "Rules.Targets"),
    new("displacement: k is missing from the distance", Displaced, "var distance = k * TargetRule.Norm(e) / m;", "var distance = TargetRule.Norm(e) / m;", "Rules.Targets"),
    new("displacement: m is missing from the distance", Displaced, "var distance = k * TargetRule.Norm(e) / m;", "var distance = k * TargetRule.Norm(e);", "Rules.Targets"),
    new("displacement: gamma is one for the batch", Displaced, "var gamma = incrementFactor(distance, a, layer.Units);", "var gamma = incrementFactor(distance, a, layer.Units).mean().expand_as(distance);", "Rules.Targets"),
    new("displacement: a sample without error is divided by", Displaced, "m = where(distance.gt(0), m / gamma, m);", "m = m / gamma;", "Rules.Targets"),
    new("displacement: the scale's sign", Displaced, "q = WithCrossings(q, a, TargetRule.PerSample(-m / k, e), f);", "q = WithCrossings(q, a, TargetRule.PerSample(m / k, e), f);", "Rules.Targets"),
    new("displacement: the step lacks f'", Displaced, "var step = f.TimesDerivative(q, a) / scale;", "var step = q / scale;", "Rules.Targets"),
    new("displacement: the transpose for the inverse", Displaced, "e = layer.Inverted(q, options.Inverse);", "e = layer.Transposed(q);", "Rules.Targets"),

    new("gamma is one for the batch", Normalised, "? length / distance", "? length / distance.mean().expand_as(distance)", "Rules.NormalisedGait", "Rules.Targets"),
    new("gamma divides by the squared norm", Normalised, "? length / distance", "? length / distance.square()", "Rules.NormalisedGait"),
    new("gamma lacks the number of units", Normalised, "Options.Eta * Math.Sqrt(units)", "Options.Eta", "Rules.NormalisedGait"),
    new("relative normalisation forgets the mean", Normalised, " / Math.Sqrt(activation[0].numel())", "", "Rules.NormalisedGait"),

    new("backpropagation: f' is dropped", Backward, "layer.Activation.TimesDerivative(error, layer.Kept(trace.Activations[l]))", "error", "Rules.Backpropagation"),
    new("backpropagation: the error of the layer, not its delta, goes down", Backward, "layer.Transposed(delta, feedback?[l])", "layer.Transposed(error, feedback?[l])", "Rules.Backpropagation"),
    new("feedback alignment: the forward weights go back", Backward, "layer.Transposed(delta, feedback?[l])", "layer.Transposed(delta)", "Rules.FeedbackAlignment"),
    new("target propagation: the target step is forgotten", TargetPropagation, "displacement / -Options.TargetStep", "-displacement", "Rules.TargetPropagation"),
    new("target propagation: f' for its inverse", TargetPropagation, "layer.Activation.InverseDisplacement(a, displacement)", "layer.Activation.TimesDerivative(displacement, a)", "Rules.TargetPropagation"),

    new("padding: the odd pixel first", Padding, "public long Before => Total / 2;", "public long Before => (Total + 1) / 2;", "Layers"),
    new("padding: out = floor(in / stride)", Padding, "(Input + Stride - 1) / Stride", "Math.Max(Input / Stride, 1)", "Layers"),
    new("convolution: rows and columns of padding change places", Conv, "[_columns.Before, _columns.After, _rows.Before, _rows.After]", "[_rows.Before, _rows.After, _columns.Before, _columns.After]", "Layers"),
    new("convolution: the fold is cut at the start", Conv, "laid.narrow(2, _rows.Before, _rows.Input)", "laid.narrow(2, 0, _rows.Input)", "Layers"),
    new("convolution: the bias is left out", Conv, ".add_(Bias.unsqueeze(1))", "", "Layers"),
    new("convolution: half of what is laid down arrives", Conv, "nn.functional.fold(patches.matmul(values.flatten(2))", "nn.functional.fold(patches.matmul(values.flatten(2)) / 2", "Layers"),
    new("convolution: the bias learns from one column alone", Conv, "var bias = delta.sum([0, 2, 3]);", "var bias = delta.narrow(3, 0, 1).sum([0, 2, 3]);", "Layers"),
    new("dense: the bias is left out", Dense, "addmm(Bias, Checked(x).flatten(1), Weight.t(), beta: 1, alpha: 1)", "addmm(Bias, Checked(x).flatten(1), Weight.t(), beta: 0, alpha: 1)", "Layers.InvertibleDense"),
    new("dense: the weight's transpose is forgotten on the way down", Dense, "delta.matmul((feedback ?? Weight).narrow(0, 0, delta.shape[1]))", "delta.matmul((feedback ?? Weight).t().narrow(0, 0, delta.shape[1]).contiguous())", "Layers.InvertibleDense"),
    new("exact: the last columns of the inverse, not the first", Inverse, "linalg.inv(weight).narrow(1, 0, columns)", "linalg.inv(weight).narrow(1, weight.shape[0] - columns, columns)", "Layers"),
    new("exact: the transpose for the inverse", Inverse, "linalg.inv(weight).narrow", "weight.t().narrow", "Layers"),
    new("refined: the residual's sign", Inverse, "x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: 1)", "x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: -1)", "Layers.InverseStrategy"),
    new("refined: one correction too few", Inverse, "i < Steps;", "i < Steps - 1;", "Layers.InverseStrategy"),
    new("refined: the auxiliary rows are not seen", Inverse, "x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: 1)", "x.addmm_((p - x.matmul(weight.narrow(0, 0, p.shape[1]).t())), weight.narrow(0, 0, p.shape[1]), beta: 1, alpha: 1)", "Layers"),
    new("within: the tolerance is not relative", Inverse, "left > Tolerance * size", "left > Tolerance", "Layers.InverseStrategy"),
    new("within: no correction at all", Inverse, "left > Tolerance * size", "left > size", "Layers.InverseStrategy"),
    new("within: one correction more than it takes", Inverse, "if (!(left > Tolerance * size))", "if (!(left > Tolerance * Tolerance * size))", "Layers.InverseStrategy"),
    new("within: corrections that do not converge", Inverse, "left > 0.5 * before", "left > 1e9 * before", "Layers.InverseStrategy"),
    new("leaky ReLU: the inverse multiplies", Relu, "where(a.gt(0), a, a / Slope)", "where(a.gt(0), a, a * Slope)", "Layers.LeakyReLU"),
    new("leaky ReLU: the derivative of the positive half below zero", Relu, "where(a.gt(0), v, v * Slope)", "where(a.lt(0), v, v * Slope)", "Layers.LeakyReLU"),
    new("leaky ReLU: crossings take one branch", Relu, "where(positive.eq(moved.gt(0)), within, Inverse(moved) - Inverse(a))", "within", "Layers.LeakyReLU"),

    new("penalty: factor 2 for 4", Defect, ".mul_(4 * lambda)", ".mul_(2 * lambda)", "Orthogonality"),
    new("penalty: the identity is not taken off", Defect, "gram.diagonal().sub_(1);", "", "Orthogonality"),
    new("retraction: the sign", Defect, "weight.sub_(correction.mul_(0.5))", "weight.add_(correction.mul_(0.5))", "Orthogonality"),
    new("retraction: a full step", Defect, "weight.sub_(correction.mul_(0.5))", "weight.sub_(correction)", "Orthogonality"),
    new("initialisation: the signs are left as they fall", Initial, "q = q * where(signs.eq(0), ones_like(signs), signs);", "", "Orthogonality"),
    new("subspace retraction: it goes the other way", Subspace, "alpha: 0.5f", "alpha: -0.5f", "Orthogonality"),
    new("subspace retraction: twice the step", Subspace, "alpha: 0.5f", "alpha: 1f", "Orthogonality"),
    new("subspace retraction: the directions are not made orthonormal", Subspace, "var q = linalg.solve_triangular(Factor(gram, Ridge * size), y.t(), upper: false).t();", "var q = y;", "Orthogonality"),
    new("subspace retraction: any directions, not those of the defect", Subspace, "var y = _probe - w.matmul(w.t().matmul(_probe));", "var y = _probe + (0 * w.matmul(w.t().matmul(_probe)));", "Orthogonality"),
    new("subspace retraction: a tall weight is taken for a wide one", Subspace, "weight.shape[0] <= weight.shape[1] ? weight : weight.t()", "weight", "Orthogonality"),
    new("Adam: no bias correction of the first moment", Optimiser, "var correction1 = 1 - Math.Pow(Options.Beta1, Steps);", "var correction1 = 1.0;", "Optimization"),
    new("Adam: no bias correction of the second moment", Optimiser, "Math.Sqrt(1 - Math.Pow(Options.Beta2, Steps))", "1.0", "Optimization"),
    new("Adam: the root of the second moment is forgotten in the rest of a vector", Optimiser, "(T.Sqrt(v[i]) * c.Scale)", "(v[i] * c.Scale)", "Optimization"),
    new("a pass over memory: a chunk misses its last value", Passes, "Math.Min(count, (chunk + 1L) * ChunkLength)", "Math.Min(count, ((chunk + 1L) * ChunkLength) - 1)", "Optimization"),
    new("Adam: uphill", Optimiser, "Vector.Load(p + i) - (step * first", "Vector.Load(p + i) + (step * first", "Optimization"),
    new("cross-entropy: the label's sign", Losses, "full_like(index, -1, output.dtype)", "full_like(index, 1, output.dtype)", "Losses"),
    new("cross-entropy: the mean for the sum", Losses, "gradient.scatter_add_(1, index, full_like(index, -1, output.dtype));", "gradient.scatter_add_(1, index, full_like(index, -1, output.dtype)).div_(output.shape[0]);", "Losses"),
    new("half mean square: the batch is forgotten", Losses, "error / batch", "error", "Losses"),
    new("angle: a zero update counts as zero degrees", Angle, "|| largest == 0", "", "Metrics"),
    new("angle: the half angle", Angle, "var radians = 2 * Math.Atan2", "var radians = Math.Atan2", "Metrics"),
];

var root = Output("git", Directory.GetCurrentDirectory(), "rev-parse", "--show-toplevel").Trim();
var chosen = mutants.Where(m => args.Length == 0 || args.Any(word => m.Name.Contains(word, StringComparison.OrdinalIgnoreCase))).ToArray();
var copy = Directory.CreateTempSubdirectory("gaitprop-mutants-").FullName;
try
{
    foreach (var file in Output("git", root, "ls-files", "-z", "--", "*.props", "*.targets", "*.json", "*.slnx", ".editorconfig", "src/GaitProp.Core", "tests/GaitProp.Core.Tests", "tests/python")
        .Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(f => File.Exists(Path.Combine(root, f))))
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
        File.Copy(Path.Combine(root, file), Path.Combine(copy, file));
    }

    var areas = chosen.SelectMany(m => m.Areas).Distinct().ToArray();
    Console.WriteLine($"unchanged: build, and tests of {string.Join(", ", areas)}");
    if (Build(copy) is { } error || Failed(copy, areas) is not [] && (error = "tests fail without any mutation") is not null)
    {
        Console.Error.WriteLine(error);
        return 1;
    }

    var results = new List<(Mutant Mutant, string? KilledBy, string? Trouble)>();
    foreach (var mutant in chosen)
    {
        var watch = Stopwatch.StartNew();
        var result = Try(copy, mutant);
        results.Add((mutant, result.KilledBy, result.Trouble));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{results.Count,3}/{chosen.Length} {(result.KilledBy is null ? "SURVIVES" : "killed  ")} {watch.Elapsed.TotalSeconds,5:0.0} s  {mutant.Name}{(result.Trouble is { } t ? $": {t}" : "")}"));
    }

    if (args.Length == 0)
    {
        File.WriteAllText(Path.Combine(root, "tests/mutation/report.md"), Report(results));
    }

    var alive = results.Count(r => r.KilledBy is null);
    Console.WriteLine($"{results.Count - alive} of {results.Count} mutants killed");
    return alive == 0 ? 0 : 1;
}
finally
{
    Directory.Delete(copy, recursive: true);
}

static (string? KilledBy, string? Trouble) Try(string copy, Mutant mutant)
{
    var path = Path.Combine(copy, mutant.File);
    if (!File.Exists(path))
    {
        return (null, "its file is gone");
    }

    var original = File.ReadAllText(path);
    var at = original.IndexOf(mutant.Text, StringComparison.Ordinal);
    if (at < 0 || original.IndexOf(mutant.Text, at + 1, StringComparison.Ordinal) >= 0)
    {
        return (null, at < 0 ? "its text is no longer found" : "its text is found more than once");
    }

    try
    {
        File.WriteAllText(path, original.Replace(mutant.Text, mutant.Replacement, StringComparison.Ordinal));
        if (Build(copy) is { } error)
        {
            return (null, $"does not compile: {error}");
        }

        return Failed(copy, mutant.Areas) is [var first, ..] ? (first, null) : (null, "no test fails");
    }
    finally
    {
        File.WriteAllText(path, original);
    }
}

static string? Build(string copy)
{
    var (code, output) = Run("dotnet", copy, "build", "tests/GaitProp.Core.Tests", "-c", "Release", "--nologo", "-v", "quiet",
        "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false");
    return code == 0 ? null : output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal)) ?? "build failed";
}

// The first test that fails of the classes whose names begin so; none if all pass.
static string[] Failed(string copy, string[] areas)
{
    // The deep networks are slow and notice nothing that the others do not.
    var (code, output) = Run("dotnet", copy,
    [
        "artifacts/bin/GaitProp.Core.Tests/release/GaitProp.Core.Tests.dll", "-noColor", "-stopOnFail", "-class-", "GaitProp.Tests.Rules.Targets.DeepOrthogonalTests",
        .. areas.SelectMany(a => new[] { "-class", $"GaitProp.Tests.{a}*" }),
    ]);
    var failed = Regex.Matches(output, @"^\s*(GaitProp\.Tests\.\S+?)(\(.*\))? \[FAIL\]", RegexOptions.Multiline).Select(m => m.Groups[1].Value["GaitProp.Tests.".Length..]).ToArray();
    return code == 0 ? [] : failed.Length > 0 ? failed : ["the tests do not run"];
}

static string Report(IEnumerable<(Mutant Mutant, string? KilledBy, string? Trouble)> results)
{
    var all = results.ToArray();
    var text = new StringBuilder();
    text.AppendLine("# Mutants").AppendLine();
    text.AppendLine(CultureInfo.InvariantCulture,
        $"`dotnet run tests/mutation/mutate.cs` breaks one line at a time and runs the tests that should notice. {all.Count(r => r.KilledBy is not null)} of {all.Length} mutants are killed.").AppendLine();
    text.AppendLine("| mutant | file | killed by |").AppendLine("|---|---|---|");
    foreach (var (mutant, killedBy, trouble) in all)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"| {mutant.Name} | {mutant.File["src/GaitProp.Core/".Length..]} | {(killedBy is null ? $"**survives**: {trouble}" : killedBy.Replace('_', ' '))} |");
    }

    return text.ToString();
}

static string Output(string program, string folder, params string[] arguments)
{
    var (code, output) = Run(program, folder, arguments);
    return code == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output}");
}

static (int Code, string Output) Run(string program, string folder, params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
    var errors = process.StandardError.ReadToEndAsync();
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode, output + errors.Result);
}

/// <summary>One change of one line.</summary>
/// <param name="Name">What it breaks.</param>
/// <param name="File">The file, from the repository's root.</param>
/// <param name="Text">What stands there, exactly once.</param>
/// <param name="Replacement">What it becomes.</param>
/// <param name="Areas">The beginnings of the names, after GaitProp.Tests, of the test classes that should notice.</param>
internal sealed record Mutant(string Name, string File, string Text, string Replacement, params string[] Areas);
