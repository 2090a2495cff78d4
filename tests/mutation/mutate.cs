#!/usr/bin/env -S dotnet run
#:property TargetFramework=net10.0
#:property PublishAot=false

// Mutation check of the mathematics: breaks one line of the rules, layers or optimiser at a time and runs the tests that should notice.
//
//     dotnet run tests/mutation/mutate.cs            all mutants; writes tests/mutation/report.md
//     dotnet run tests/mutation/mutate.cs -- gamma   only mutants whose name contains a word; renews their rows
//     dotnet run tests/mutation/mutate.cs -- new     only mutants that the report has no row of
//     dotnet run tests/mutation/mutate.cs -- check   says whose text is no longer found, in seconds: builds and tests nothing
//
// It works on a copy of the tracked files in a temporary folder. Exit code 1 if a mutant survives or its text is no longer found.

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

const string NotTried = "**not tried**";
const string Rules = "src/GaitProp.Core/Rules/";
const string Layers = "src/GaitProp.Core/Layers/";
const string Literal = Rules + "Targets/LiteralTargets.cs";
const string Displaced = Rules + "Targets/DisplacedTargets.cs";
const string Conv = Layers + "InvertibleConv2d.cs";
const string Products = Layers + "ConvolutionProducts.cs";
const string Tried = Layers + "TriedProducts.cs";
const string Dense = Layers + "InvertibleDense.cs";
const string Base = Layers + "AffineLayer.cs";
const string Fused = Layers + "FusedPass.cs";
const string Folded = Layers + "FoldedInverse.cs";
const string Inversion = Layers + "Inversion.cs";
const string Inverse = Layers + "InverseStrategy.cs";
const string Relu = Layers + "LeakyReLU.cs";
const string Padding = Layers + "SamePadding.cs";
const string Normalised = Rules + "NormalisedGait/NormalisedGaitRule.cs";
const string Backward = Rules + "DescentRule.cs";
const string Alignment = Rules + "FeedbackAlignment/FeedbackAlignmentRule.cs";
const string Windows = Layers + "WindowLayer.cs";
const string Maxima = Layers + "MaxPool.cs";
const string Averages = Layers + "AveragePool.cs";
const string Mixing = Layers + "Mix.cs";
const string Plain = Rules + "Targets/PlainTargets.cs";
const string Defect = "src/GaitProp.Core/Orthogonality/OrthogonalityDefect.cs";
const string Initial = "src/GaitProp.Core/Orthogonality/OrthogonalInitialisation.cs";
const string Subspace = "src/GaitProp.Core/Orthogonality/SubspaceRetraction.cs";
const string Optimiser = "src/GaitProp.Core/Optimization/Adam.cs";
const string Rates = "src/GaitProp.Core/Optimization/Optimizer.cs";
const string Descent = "src/GaitProp.Core/Optimization/GradientDescent.cs";
const string Passes = "src/GaitProp.Core/Runtime/MemoryPass.cs";
const string Losses = "src/GaitProp.Core/Losses/Loss.cs";
const string Constraint = "src/GaitProp.Core/Experiments/OrthogonalityOptions.cs";
const string Means = "src/GaitProp.Core/Runs/RunMetrics.cs";
const string Options = Rules + "Targets/TargetRule.cs";
const string Angle = "src/GaitProp.Core/Metrics/UpdateAngle.cs";

Mutant[] mutants =
[
    new(
        "literal: the output target goes uphill",
        Literal,
        "trace.Output - (options.TargetStep * outputGradient)",
        "trace.Output + (options.TargetStep * outputGradient)",
        "Rules.Targets"
    ),
    new(
        "literal: f' is dropped from the gradient",
        Literal,
        "layer.TimesDerivative(-(1 / k) * Shapes.PerSample(m, a) * displacement, a)",
        "-(1 / k) * Shapes.PerSample(m, a) * displacement",
        "Rules.Targets"
    ),
    new("literal: the gradient's sign", Literal, "layer.TimesDerivative(-(1 / k)", "layer.TimesDerivative((1 / k)", "Rules.Targets"),
    new("literal: 1/k becomes k", Literal, "-(1 / k) * Shapes", "-k * Shapes", "Rules.Targets"),
    new("literal: m is missing", Literal, "(m / gamma).clamp_max(", "m.clamp_max(", "Rules.Targets"),
    new("literal: m is multiplied instead of divided", Literal, "(m / gamma).clamp_max(", "(m * gamma).clamp_max(", "Rules.Targets"),
    new("literal: f' is not squared in the nudge", Literal, "layer.Derivative(a).square()", "layer.Derivative(a)", "Rules.Targets"),
    new(
        "literal: f' is missing from the nudge",
        Literal,
        "Shapes.PerSample(gamma, a) * layer.Derivative(a).square()",
        "Shapes.PerSample(gamma, a) * ones_like(a)",
        "Rules.Targets"
    ),
    new(
        "literal: the nudge points away",
        Literal,
        "((1 - epsilon) * a) + (epsilon * t)",
        "((1 + epsilon) * a) - (epsilon * t)",
        "Rules.Targets"
    ),
    new(
        "literal: the increment does not see the gains",
        Literal,
        "layer.Derivative(a).square()",
        "layer.Activation.Derivative(a).square()",
        "Rules.Targets"
    ),
    new(
        "literal: the overlap correction is dropped",
        Literal,
        "count ? below - ((count - 1) * at.Input) : below",
        "count ? below : below",
        "Rules.Targets"
    ),
    new("literal: the overlap is divided away", Literal, "below - ((count - 1) * at.Input)", "below / count.clamp_min(1)", "Rules.Targets"),
    new("literal: count, not count - 1", Literal, "(count - 1) * at.Input", "count * at.Input", "Rules.Targets"),
    new(
        "literal: auxiliary units get targets of zero",
        Literal,
        "activations.narrow(1, keep, all - keep)]",
        "zeros_like(activations.narrow(1, keep, all - keep))]",
        "Rules.Targets"
    ),
    new(
        "literal: a sample without error keeps its infinite factor",
        Literal,
        "gamma = where(distance.gt(0).logical_and(gamma.gt(0)), gamma, ones_like(gamma));",
        "",
        "Rules.Targets"
    ),
    new(
        "literal: activations of zero give a factor of zero",
        Literal,
        "distance.gt(0).logical_and(gamma.gt(0))",
        "distance.gt(0)",
        "Rules.Targets"
    ),
    new("displacement: f' is dropped", Displaced, "at.Layer.Nudged(e, a, nudge)", "(e, e)", "Rules.Targets"),
    new(
        "displacement: crossings of zero are ignored",
        Displaced,
        "at.Layer.Nudged(e, a, nudge)",
        "at.Layer.Nudged(e, a, null)",
        "Rules.Targets"
    ),
    new(
        "displacement: m is not carried down",
        Displaced,
        "m = where(distance.gt(0).logical_and(gamma.gt(0)), m / gamma, m);",
        "m = where(distance.gt(0).logical_and(gamma.gt(0)), 1 / gamma, m);",
        "Rules.Targets"
    ),
    new(
        "displacement: m is multiplied instead of divided",
        Displaced,
        "m = where(distance.gt(0).logical_and(gamma.gt(0)), m / gamma, m);",
        "m = where(distance.gt(0).logical_and(gamma.gt(0)), m * gamma, m);",
        "Rules.Targets"
    ),
    new(
        "displacement: k is missing from the distance",
        Displaced,
        "var distance = k * TargetRule.Norm(e) / m;",
        "var distance = TargetRule.Norm(e) / m;",
        "Rules.Targets"
    ),
    new(
        "displacement: m is missing from the distance",
        Displaced,
        "var distance = k * TargetRule.Norm(e) / m;",
        "var distance = k * TargetRule.Norm(e);",
        "Rules.Targets"
    ),
    new(
        "displacement: gamma is one for the batch",
        Displaced,
        "var gamma = incrementFactor(distance, a, at.Layer.Units);",
        "var gamma = incrementFactor(distance, a, at.Layer.Units).mean().expand_as(distance);",
        "Rules.Targets"
    ),
    new(
        "displacement: a sample without error is divided by",
        Displaced,
        "m = where(distance.gt(0).logical_and(gamma.gt(0)), m / gamma, m);",
        "m = m / gamma;",
        "Rules.Targets"
    ),
    new(
        "displacement: activations of zero give a factor of zero",
        Displaced,
        "distance.gt(0).logical_and(gamma.gt(0))",
        "distance.gt(0)",
        "Rules.Targets"
    ),
    new("displacement: the scale's sign", Displaced, "nudge = -m / k;", "nudge = m / k;", "Rules.Targets"),
    new(
        "displacement: the transpose for the inverse",
        Displaced,
        "at.Layer.Invert(q, at.Input, options.Inverse)",
        "at.Layer.Feedback(q, at.Input)",
        "Rules.Targets"
    ),
    new(
        "gamma is one for the batch",
        Normalised,
        "? length / distance",
        "? length / distance.mean().expand_as(distance)",
        "Rules.NormalisedGait",
        "Rules.Targets"
    ),
    new("gamma divides by the squared norm", Normalised, "? length / distance", "? length / distance.square()", "Rules.NormalisedGait"),
    new("gamma lacks the number of units", Normalised, "Options.Eta * Math.Sqrt(units)", "Options.Eta", "Rules.NormalisedGait"),
    new("relative normalisation forgets the mean", Normalised, " / Math.Sqrt(activation[0].numel())", "", "Rules.NormalisedGait"),
    new(
        "backpropagation: f' is dropped",
        Backward,
        "var delta = at.Layer.TimesDerivative(from.Value, at.Activation);",
        "var delta = from.Value;",
        "Rules.Backpropagation"
    ),
    new(
        "backpropagation: the error of the layer, not its delta, goes down",
        Backward,
        "return new(delta, delta);",
        "return new(delta, from.Value);",
        "Rules.Backpropagation"
    ),
    new(
        "feedback alignment: the forward weights go back",
        Alignment,
        "at.Layer.Feedback(sent, at.Input, FeedbackOf(at.Index))",
        "at.Layer.Feedback(sent, at.Input)",
        "Rules.FeedbackAlignment"
    ),
    new("target propagation: the target step is forgotten", Plain, "from.Value / -targetStep", "-from.Value", "Rules.TargetPropagation"),
    new(
        "target propagation: f' for its inverse",
        Plain,
        "at.Layer.InverseDisplacement(at.Activation, from.Value)",
        "at.Layer.TimesDerivative(from.Value, at.Activation)",
        "Rules.TargetPropagation"
    ),
    new("padding: the odd pixel first", Padding, "public long Before => Total / 2;", "public long Before => (Total + 1) / 2;", "Layers"),
    new("padding: out = floor(in / stride)", Padding, "(Input + Stride - 1) / Stride", "Math.Max(Input / Stride, 1)", "Layers"),
    new(
        "convolution: rows and columns of padding change places",
        Conv,
        "[_columns.Before, _columns.After, _rows.Before, _rows.After]",
        "[_rows.Before, _rows.After, _columns.Before, _columns.After]",
        "Layers"
    ),
    new(
        "convolution: the fold is cut at the start",
        Conv,
        "laid.narrow(2, _rows.Before, _rows.Input)",
        "laid.narrow(2, 0, _rows.Input)",
        "Layers"
    ),
    new("convolution: the bias is left out", Products, ".add_(bias.reshape(1, -1, 1, 1))", "", "Layers"),
    new(
        "convolution: half of what is laid down arrives",
        Products,
        "patches.t().matmul(values.flatten(2))",
        "patches.t().matmul(values.flatten(2)) / 2",
        "Layers"
    ),
    new(
        "convolution: the gradient of one image alone",
        Products,
        "Patches(x, window).transpose(1, 2)).sum([0])",
        "Patches(x, window).transpose(1, 2))[0]",
        "Layers"
    ),
    new(
        "convolution: libtorch's own gradient without its stride",
        Products,
        "delta, x, kernels, None, [{stride}, {stride}],",
        "delta, x, kernels, None, [1, 1],",
        "Layers"
    ),
    new("convolution: what is wrong passes the trial", Tried, "return off <= Tolerance", "return off >= -Tolerance", "Layers"),
    new("convolution: what is right fails the trial", Tried, "return off <= Tolerance", "return -off > Tolerance", "Layers"),
    new(
        "convolution: the bias learns from one column alone",
        Base,
        "values.sum([0, 2, 3])",
        "values.narrow(3, 0, 1).sum([0, 2, 3])",
        "Layers",
        "Rules.Backpropagation"
    ),
    new(
        "dense: the bias is left out",
        Dense,
        "addmm(Bias, Checked(x).flatten(1), Weight.t(), beta: 1, alpha: 1)",
        "addmm(Bias, Checked(x).flatten(1), Weight.t(), beta: 0, alpha: 1)",
        "Layers.InvertibleDense"
    ),
    new(
        "dense: the weight's transpose is forgotten on the way down",
        Dense,
        "delta.matmul((feedback?[0] ?? Weight).narrow(0, 0, delta.shape[1]))",
        "delta.matmul((feedback?[0] ?? Weight).t().narrow(0, 0, delta.shape[1]).contiguous())",
        "Layers.InvertibleDense"
    ),
    new(
        "exact: the last columns of the inverse, not the first",
        Inverse,
        "Inverse(weight).narrow(1, 0, columns)",
        "Inverse(weight).narrow(1, weight.shape[0] - columns, columns)",
        "Layers"
    ),
    new(
        "exact: the transpose for the inverse",
        Inverse,
        "Inverse(weight).narrow(1, 0, columns)",
        "weight.t().narrow(1, 0, columns)",
        "Layers"
    ),
    new(
        "refined: the residual's sign",
        Inverse,
        "x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: 1)",
        "x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: -1)",
        "Layers.InverseStrategy"
    ),
    new("refined: one correction too few", Inverse, "i < steps;", "i < steps - 1;", "Layers.InverseStrategy"),
    new(
        "refined: the auxiliary rows are not seen",
        Inverse,
        "x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: 1)",
        "x.addmm_((p - x.matmul(weight.narrow(0, 0, p.shape[1]).t())), weight.narrow(0, 0, p.shape[1]), beta: 1, alpha: 1)",
        "Layers"
    ),
    new("within: the tolerance is not relative", Inverse, "left > tolerance * size", "left > tolerance", "Layers.InverseStrategy"),
    new("within: no correction at all", Inverse, "left > tolerance * size", "left > size", "Layers.InverseStrategy"),
    new(
        "within: one correction more than it takes",
        Inverse,
        "if (!(left > tolerance * size))",
        "if (!(left > tolerance * tolerance * size))",
        "Layers.InverseStrategy"
    ),
    new("within: corrections that do not converge", Inverse, "left > 0.5 * before", "left > 1e9 * before", "Layers.InverseStrategy"),
    new("leaky ReLU: the inverse multiplies", Relu, "where(a.gt(0), a, a / Slope)", "where(a.gt(0), a, a * Slope)", "Layers.LeakyReLU"),
    new(
        "leaky ReLU: the derivative of the positive half below zero",
        Relu,
        "where(a.gt(0), v, v * Slope)",
        "where(a.lt(0), v, v * Slope)",
        "Layers.LeakyReLU"
    ),
    new(
        "leaky ReLU: crossings take one branch",
        Relu,
        "where(positive.eq(moved.gt(0)), within, Inverse(moved) - Inverse(a))",
        "within",
        "Layers.LeakyReLU"
    ),
    new("gain: not in the derivative", Base, ": Activation.Derivative(a) * GainLike(a)", ": Activation.Derivative(a)", "Rules.Targets"),
    new(
        "gain: not in what is carried back, in one pass",
        Base,
        "FusedPass.TimesDerivative(v, a, Activation.Slope, GainOf(a))",
        "FusedPass.TimesDerivative(v, a, Activation.Slope)",
        "Layers.Gain",
        "Rules.Targets"
    ),
    new(
        "gain: not in what is carried back, in operations",
        Base,
        ": Activation.TimesDerivative(v, a) * GainLike(a);",
        ": Activation.TimesDerivative(v, a);",
        "Layers.Gain",
        "Rules.Targets"
    ),
    new("gain: the weighted input lacks it", Base, "shifted / GainLike(a)", "shifted", "Layers.Gain", "Rules.Targets"),
    new(
        "gain: the weighted input has it twice over",
        Base,
        "shifted / GainLike(a)",
        "shifted * GainLike(a)",
        "Layers.Gain",
        "Rules.Targets"
    ),
    new(
        "weighted input: the bias is added, not taken off",
        Base,
        "Activation.Inverse(a) - RowsLike(Bias, a)",
        "Activation.Inverse(a) + RowsLike(Bias, a)",
        "Layers.Gain",
        "Rules.Targets"
    ),
    new(
        "weighted input: activations are not taken back through f",
        Base,
        "Activation.Inverse(a) - RowsLike(Bias, a)",
        "a - RowsLike(Bias, a)",
        "Layers.Gain",
        "Rules.Targets"
    ),
    new("gain: displacements are not divided by it", Base, "moved / GainLike(a)", "moved", "Rules.TargetPropagation", "Rules.Targets"),
    new(
        "gain: crossings do not see it, in one pass",
        Base,
        "FusedPass.WithCrossings(q, a, scale, Activation.Slope, GainOf(a))",
        "FusedPass.WithCrossings(q, a, scale, Activation.Slope)",
        "Layers.Gain",
        "Rules.Targets"
    ),
    new(
        "crossings: the step lacks D, in operations",
        Base,
        "var step = TimesDerivative(q, a) / scale;",
        "var step = q / scale;",
        "Layers",
        "Rules.Targets"
    ),
    new(
        "crossings: those that stay are taken for those that cross, in operations",
        Base,
        "a.gt(0).ne((a + step).gt(0))",
        "a.gt(0).eq((a + step).gt(0))",
        "Layers",
        "Rules.Targets"
    ),
    new(
        "crossings: the scale is forgotten, in operations",
        Base,
        "where(crosses, scale * InverseDisplacement(a, step), q)",
        "where(crosses, InverseDisplacement(a, step), q)",
        "Layers",
        "Rules.Targets"
    ),
    new(
        "crossings: none is seen in the vectors of a pass",
        Fused,
        "crossed |= Differ(positive, Vector.GreaterThan(activation + (g * Vector.ConditionalSelect(positive, q, q * slopes) * inverse), zero));",
        "",
        "Layers",
        "Rules.Targets"
    ),
    new(
        "crossings: none is seen in the rest of a pass",
        Fused,
        "crossed |= positive != (activations[i] + (gains[row] * (positive ? q : q * below) * one) > T.Zero);",
        "",
        "Layers",
        "Rules.Targets"
    ),
    new(
        "crossings: every sample is looked at with the first one's scale",
        Fused,
        "T.One / scales[sample]",
        "T.One / scales[0]",
        "Layers",
        "Rules.Targets"
    ),
    new("crossings: what is seen is left as it is", Base, "(q, crosses ? WithCrossings(q, a, scale) : q)", "(q, q)", "Rules.Targets"),
    new("crossings: they are ignored in operations", Base, "(delta, WithCrossings(delta, a, scale))", "(delta, delta)", "Rules.Targets"),
    new(
        "gain: the bias learns by the weighted input",
        Base,
        "WithZeroRows(bias / gain)",
        "WithZeroRows(bias)",
        "Layers.Gain",
        "Rules.Backpropagation",
        "Rules.Targets"
    ),
    new(
        "gain: its gradient lacks one division, in one pass",
        Base,
        "FusedPass.GainGradient(delta, activation, Bias, Activation.Slope) / gain",
        "FusedPass.GainGradient(delta, activation, Bias, Activation.Slope)",
        "Layers.Gain",
        "Rules.Backpropagation",
        "Rules.Targets"
    ),
    new(
        "gain: its gradient is by the scaled weighted input",
        Base,
        "SumOfRows(delta * WeightedInput(activation))) / gain",
        "SumOfRows(delta * WeightedInput(activation)))",
        "Layers.Gain",
        "Rules.Backpropagation",
        "Rules.Targets"
    ),
    new(
        "gain: its gradient from the weights forgets them",
        Base,
        "(weight * Weight.narrow(0, 0, rows)).sum([1])",
        "weight.sum([1])",
        "Layers.Gain",
        "Rules.Backpropagation",
        "Rules.Targets"
    ),
    new(
        "gain: its gradient in a convolution as in a dense layer",
        Base,
        "FusedPass.Fits(delta, activation) && delta.dim() == 2",
        "FusedPass.Fits(delta, activation)",
        "Layers.Gain",
        "Rules.Backpropagation",
        "Rules.Targets"
    ),
    new(
        "gain: one for the layer learns from the first row",
        Base,
        "byGain.sum().reshape(1)",
        "byGain.narrow(0, 0, 1)",
        "Layers.Gain",
        "Rules.Backpropagation",
        "Rules.Targets"
    ),
    new(
        "gain: the forward pass has the bias before it, in operations",
        Base,
        "u.mul_(GainLike(u)).add_(RowsLike(Bias, u))",
        "u.add_(RowsLike(Bias, u)).mul_(GainLike(u))",
        "Layers"
    ),
    new(
        "gain: a convolution's forward pass leaves it out",
        Conv,
        "return Gain is null ? Activation.Forward_(u) : Activated_(u);",
        "return Activation.Forward_(Gain is null ? u : u.add_(Bias.reshape(1, -1, 1, 1)));",
        "Layers.Gain",
        "Rules.Backpropagation"
    ),
    new(
        "pass: gains of vectors are left out of the derivative",
        Fused,
        "var value = Vector.Load(values + i) * g;",
        "var value = Vector.Load(values + i);",
        "Layers"
    ),
    new(
        "pass: gains of the rest are left out of the derivative",
        Fused,
        "var value = values[i] * gains[row];",
        "var value = values[i];",
        "Layers"
    ),
    new(
        "pass: gains of vectors are left out of the step",
        Fused,
        "activation + (g * Vector.ConditionalSelect(positive, value, value * slopes) * inverse)",
        "activation + (Vector.ConditionalSelect(positive, value, value * slopes) * inverse)",
        "Layers"
    ),
    new("pass: gains of vectors are left out of the crossing", Fused, "factor * difference / g", "factor * difference", "Layers"),
    new(
        "pass: gains of the rest are left out of the step",
        Fused,
        "(gains[row] * (positive ? values[i] : values[i] * below) * (T.One / one))",
        "((positive ? values[i] : values[i] * below) * (T.One / one))",
        "Layers"
    ),
    new(
        "pass: gains of the rest are left out of the crossing",
        Fused,
        "(positive ? activations[i] : activations[i] / below)) / gains[row]",
        "(positive ? activations[i] : activations[i] / below))",
        "Layers"
    ),
    new(
        "pass: gains of vectors are left out of activations",
        Fused,
        "(Vector.Load(values + i) * gains.Vector(row)) + biases.Vector(row)",
        "Vector.Load(values + i) + biases.Vector(row)",
        "Layers"
    ),
    new(
        "pass: biases of vectors are left out of activations",
        Fused,
        "(Vector.Load(values + i) * gains.Vector(row)) + biases.Vector(row)",
        "Vector.Load(values + i) * gains.Vector(row)",
        "Layers"
    ),
    new(
        "pass: gains of the rest are left out of activations",
        Fused,
        "(values[i] * gains[row]) + biases[row]",
        "values[i] + biases[row]",
        "Layers"
    ),
    new("pass: f of the rest is left out of activations", Fused, "values[i] = z > T.Zero ? z : z * below;", "values[i] = z;", "Layers"),
    new("pass: every row of a sample has the first gain", Fused, "from % _rows, 1)", "0L, 1)", "Layers"),
    new("pass: every row of a convolution has the first gain", Fused, "from / _positions % _rows", "0L", "Layers"),
    new(
        "pass: a gain goes on beyond its row",
        Fused,
        "((from / _positions) + 1) * _positions",
        "((from / _positions) + 2) * _positions",
        "Layers"
    ),
    new("pass: gains go on beyond the sample", Fused, "((from / _rows) + 1) * _rows", "((from / _rows) + 2) * _rows", "Layers"),
    new(
        "pass: gains of a stretch do not move on with it",
        Fused,
        ": _positions == 1 ? System.Numerics.Vector.Load(_values + row)",
        ": _positions == 1 ? new Vector<T>(_values[row])",
        "Layers"
    ),
    new(
        "pass: the gain's gradient takes activations for weighted inputs",
        Fused,
        "Vector.GreaterThan(activation, zero), activation, activation * up)",
        "Vector.GreaterThan(activation, zero), activation, activation)",
        "Layers",
        "Rules.Backpropagation"
    ),
    new(
        "pass: the gain's gradient keeps the bias",
        Fused,
        "(Vector.Load(d + row) * (z - Vector.Load(biases + row)))",
        "(Vector.Load(d + row) * z)",
        "Layers",
        "Rules.Backpropagation"
    ),
    new(
        "pass: the gain's gradient of the rest takes activations",
        Fused,
        "x[row] > T.Zero ? x[row] : x[row] * up",
        "x[row]",
        "Layers",
        "Rules.Backpropagation"
    ),
    new(
        "pass: the gain's gradient of the rest keeps the bias",
        Fused,
        "results[row] += d[row] * (z - biases[row]);",
        "results[row] += d[row] * z;",
        "Layers",
        "Rules.Backpropagation"
    ),
    new(
        "max-pooling: the smallest goes on",
        Maxima,
        "windows.amax([-1], keepdim: true)",
        "windows.amin([-1], keepdim: true)",
        "Layers.MaxPool"
    ),
    new(
        "max-pooling: feedback goes to the first pixel",
        Maxima,
        "values.shape[4] == 1 ? Largest(windows) : Order(windows)",
        "zeros_like(Largest(windows)).expand(values.shape)",
        "Layers.MaxPool"
    ),
    new(
        "max-pooling: the largest is not the first of all values",
        Maxima,
        "-1 * ones_like(Largest(windows))",
        "99 * ones_like(Largest(windows))",
        "Layers.MaxPool"
    ),
    new("average pooling: sums are not scaled", Averages, "difference)], 0) / Math.Sqrt(2)", "difference)], 0) / 2", "Layers.AveragePool"),
    new("average pooling: details are sums too", Averages, "{ 1.0, -1.0 }", "{ 1.0, 1.0 }", "Layers.AveragePool"),
    new(
        "windows: rows and columns are mixed up on the way down",
        Windows,
        ".permute(0, 1, 2, 4, 3, 5).reshape(",
        ".permute(0, 1, 2, 5, 3, 4).reshape(",
        "Layers"
    ),
    new(
        "windows: kept values are not the first channels",
        Windows,
        "values.permute(0, 4, 1, 2, 3).flatten(1, 2)",
        "values.permute(0, 1, 4, 2, 3).flatten(1, 2)",
        "Layers"
    ),
    new(
        "mixing: the matrix goes back as it came",
        Mixing,
        "_matrix.As(delta.dtype).narrow(0, 0, delta.shape[1]).t()",
        "_matrix.As(delta.dtype).narrow(0, 0, delta.shape[1])",
        "Layers.Mix"
    ),
    new(
        "folded: few rows are folded too",
        Folded,
        "5 * Math.Min(directions, WithRandom) >= 2 * Math.Min(rows, weight.shape[1]) || rows > weight.shape[1]",
        "rows > weight.shape[1]",
        "Layers.Folded"
    ),
    new(
        "folded: the defect of the probe has the wrong sign",
        Folded,
        "E(Padded(batch.Sum_(mix.matmul(p)), rows), batch.Sum_(mix.matmul(x)), weight)",
        "Padded(batch.Sum_(mix.matmul(p)), rows).addmm(batch.Sum_(mix.matmul(x)), weight.t(), beta: 1, alpha: 1)",
        "Layers.Folded"
    ),
    new("folded: a small batch leaves directions over", Folded, "batch.Whole < k", "batch.Whole < 0", "Layers.Folded"),
    new(
        "folded: random probes drown the batch",
        Folded,
        ".mul_(probed.abs().amax([0, 1]) / rest.abs().amax([0, 1]).clamp_min(1e-30))",
        "",
        "Layers.Folded"
    ),
    new(
        "folded: the directions are not orthonormal",
        Folded,
        "linalg.solve_triangular(linalg.cholesky_ex(gram).L, wide, upper: false)",
        "(wide / wide.norm())",
        "Layers.Folded"
    ),
    new("folded: the directions lean on a ridge", Folded, "Ridge = 1e-13", "Ridge = 1e-3", "Layers.Folded"),
    new("folded: directions without a defect break the factor", Folded, "* Ridge).add_(Least)", "* Ridge)", "Layers.Folded"),
    new(
        "folded: F is not the defect of Q",
        Folded,
        "var f = q.t().addmm(weight, t.t(), beta: 1, alpha: -1);",
        "var f = q.t().clone();",
        "Layers.Folded"
    ),
    new("folded: S is left out", Folded, "left.add(left.t()).mul_(-0.5)", "left.add(left.t()).mul_(0)", "Layers.Folded"),
    new("folded: S has the wrong sign", Folded, "left.add(left.t()).mul_(-0.5)", "left.add(left.t()).mul_(0.5)", "Layers.Folded"),
    new("folded: the identity is left out of I - S", Folded, "left.diagonal().add_(1);", "", "Layers.Folded"),
    new(
        "folded: what is felt is p in the directions, not its defect",
        Folded,
        "p.matmul(f.narrow(0, 0, p.shape[1]))",
        "p.matmul(q.t().narrow(0, 0, p.shape[1]))",
        "Layers.Folded"
    ),
    new(
        "folded: the correction goes the other way",
        Folded,
        ".matmul(inverse), t, beta: 1, alpha: 1)",
        ".matmul(inverse), t, beta: 1, alpha: -1)",
        "Layers.Folded"
    ),
    new(
        "folded: the mixtures are not turned towards the leading directions",
        Folded,
        "return first.div_(size).matmul(p.t()).div_(size);",
        "return probe;",
        "Layers.Folded"
    ),
    new(
        "folded: the mixtures are not scaled",
        Folded,
        "return first.div_(size).matmul(p.t()).div_(size);",
        "return first.matmul(p.t());",
        "Layers.Folded"
    ),
    new(
        "folded: the turned mixtures are not scaled",
        Folded,
        "return first.div_(size).matmul(p.t()).div_(size);",
        "return first.div_(size).matmul(p.t());",
        "Layers.Folded"
    ),
    new("folded: the retraction goes the other way", Inversion, "alpha: 0.5f", "alpha: -0.5f", "Layers.Folded"),
    new("folded: the retraction takes twice the step", Inversion, "alpha: 0.5f", "alpha: 1f", "Layers.Folded"),
    new(
        "pinv: a factor of few digits is trusted",
        Inverse,
        "info.Whole() == 0 && diagonal.max().Number() <= Spread * diagonal.min().Number()",
        "info.Whole() == 0",
        "Layers.InverseStrategy"
    ),
    new(
        "pinv: a factor that failed is trusted",
        Inverse,
        "info.Whole() == 0 && diagonal.max().Number() <= Spread * diagonal.min().Number()",
        "diagonal.max().Number() >= 0",
        "Layers.InverseStrategy"
    ),
    new("pinv, unseen: a factor that failed is trusted", Inverse, "x.masked_fill_(info.ne(0), double.NaN)", "x", "Layers.InverseStrategy"),
    new(
        "pinv, unseen: the factor has the weight's digits",
        Inverse,
        "(weight.to(ScalarType.Float64), right.to(ScalarType.Float64))",
        "(weight, right)",
        "Layers.InverseStrategy"
    ),
    new(
        "pinv, unseen: no correction of float64 weights",
        Inverse,
        "x = x.add_(cholesky_solve(p - wide.matmul(x.t()), factor).t().matmul(wide));",
        "",
        "Layers.InverseStrategy"
    ),
    new(
        "pinv: R is not transposed",
        Inverse,
        "q.matmul(linalg.solve(r.t(), right)).t()",
        "q.matmul(linalg.solve(r, right)).t()",
        "Layers.InverseStrategy"
    ),
    new(
        "within: the residual is of the first points alone",
        Inverse,
        "mix is null ? values : batch.Sum_(batch.Columns(mix, values.shape[0]).matmul(values))",
        "mix is null ? values : values.narrow(0, 0, Sample)",
        "Layers.InverseStrategy"
    ),
    new("within: a bare transpose does not say so", Inverse, "IsTranspose = corrections == 0", "IsTranspose = false", "Layers"),
    new("within: a corrected inverse passes for a transpose", Inverse, "IsTranspose = corrections == 0", "IsTranspose = true", "Layers"),
    new("transpose: it does not say so", Inverse, "IsTranspose = steps == 0", "IsTranspose = false", "Layers"),
    new(
        "exact rule: it keeps the inverse that it is compared for",
        Options,
        "Inverse = InverseStrategy.Solve,",
        "Inverse = Inverse,",
        "Rules"
    ),
    new("exact rule: it keeps the literal form", Options, "Form == TargetForm.Literal ? TargetForm.Displacement : Form", "Form", "Rules"),
    new(
        "constraint: it is whole at no early step",
        Constraint,
        "step % Every == 0 || (8 * step == Every) || (4 * step == Every) || (step <= 4L * Every && Every % 2 == 0 && step % (Every / 2) == 0)",
        "step % Every == 0",
        "Experiments.Orthogonality"
    ),
    new("constraint: the early steps do not end", Constraint, "step <= 4L * Every && ", "", "Experiments.Orthogonality"),
    new("constraint: not after an eighth", Constraint, "(8 * step == Every) || ", "", "Experiments.Orthogonality"),
    new("constraint: not after a quarter", Constraint, "(4 * step == Every) || ", "", "Experiments.Orthogonality"),
    new("mean angle: the output layer counts", Means, "angles.Take(output).Average()", "angles.Average()", "Runs.RunMetrics"),
    new(
        "optimiser: gains move at the weights' rate",
        Rates,
        "plain ? options.LearningRate : options.LearningRate * Math.Sqrt(l.FanIn)",
        "options.LearningRate",
        "Optimization"
    ),
    new(
        "optimiser: gains of gradient descent move faster than its weights",
        Rates,
        "plain ? options.LearningRate : options.LearningRate * Math.Sqrt(l.FanIn)",
        "options.LearningRate * Math.Sqrt(l.FanIn)",
        "Optimization"
    ),
    new("optimiser: the rate set for gains is ignored", Rates, "options.GainLr ?? (plain", "(plain", "Optimization"),
    new(
        "optimiser: every parameter moves at one rate",
        Rates,
        "gradients[i], _rates[i])",
        "gradients[i], Options.LearningRate)",
        "Optimization"
    ),
    new("gradient descent: uphill", Descent, "alpha: -rate", "alpha: rate", "Optimization"),
    new(
        "Keras's Adam: its epsilon stands where torch's does",
        Optimiser,
        "(step, correction2) = (step * correction2, 1);",
        "",
        "Optimization"
    ),
    new("Keras's Adam: the second moment is not corrected", Optimiser, "(step * correction2, 1)", "(step, 1)", "Optimization"),
    new(
        "Adam in operations: epsilon stands before the correction",
        Optimiser,
        "(second.sqrt() / correction2).add_(Options.Epsilon)",
        "second.sqrt().add_(Options.Epsilon) / correction2",
        "Optimization"
    ),
    new(
        "cross-entropy: the label counts among the others",
        Losses,
        "full_like(index, double.NegativeInfinity, output.dtype)",
        "zeros_like(index, output.dtype)",
        "Losses"
    ),
    new("cross-entropy: the value of a confident label loses its digits", Losses, ".exp_().log1p_()", ".exp_().add_(1).log_()", "Losses"),
    new("cross-entropy: a label that is wrong by far costs nothing", Losses, "others.clamp_min(0) + ", "", "Losses"),
    new(
        "cross-entropy: the gradient of a confident label cancels",
        Losses,
        "gradient.scatter_(1, index, gradient.sum(1, keepdim: true).neg_());",
        "gradient.scatter_(1, index, logits.softmax(1).gather(1, index).sub_(1));",
        "Losses"
    ),
    new("penalty: factor 2 for 4", Defect, ".mul_(4 * lambda)", ".mul_(2 * lambda)", "Orthogonality"),
    new("penalty: the identity is not taken off", Defect, "gram.diagonal().sub_(1);", "", "Orthogonality"),
    new("retraction: the sign", Defect, "weight.sub_(correction.mul_(0.5))", "weight.add_(correction.mul_(0.5))", "Orthogonality"),
    new("retraction: a full step", Defect, "weight.sub_(correction.mul_(0.5))", "weight.sub_(correction)", "Orthogonality"),
    new(
        "initialisation: the signs are left as they fall",
        Initial,
        "q = q * where(signs.eq(0), ones_like(signs), signs);",
        "",
        "Orthogonality"
    ),
    new("subspace retraction: it goes the other way", Subspace, "alpha: 0.5f", "alpha: -0.5f", "Orthogonality"),
    new("subspace retraction: twice the step", Subspace, "alpha: 0.5f", "alpha: 1f", "Orthogonality"),
    new(
        "subspace retraction: the directions are not made orthonormal",
        Subspace,
        "var q = linalg.solve_triangular(Factor(gram, Ridge * size), y.t(), upper: false).t();",
        "var q = y;",
        "Orthogonality"
    ),
    new(
        "subspace retraction: any directions, not those of the defect",
        Subspace,
        "var y = _probe - w.matmul(w.t().matmul(_probe));",
        "var y = _probe + (0 * w.matmul(w.t().matmul(_probe)));",
        "Orthogonality"
    ),
    new(
        "subspace retraction, unseen: a weight without a defect breaks the factor",
        Subspace,
        "* Ridge).add_(Least)",
        "* Ridge)",
        "Orthogonality"
    ),
    new(
        "subspace retraction, unseen: the directions are not made orthonormal",
        Subspace,
        "linalg.solve_triangular(linalg.cholesky_ex(gram).L, wide.t(), upper: false).t().to(w.dtype)",
        "y",
        "Orthogonality"
    ),
    new(
        "subspace retraction: a tall weight is taken for a wide one",
        Subspace,
        "weight.shape[0] <= weight.shape[1] ? weight : weight.t()",
        "weight",
        "Orthogonality"
    ),
    new("Adam: no bias correction of the first moment", Optimiser, "rate / (1 - Math.Pow(Options.Beta1, Steps))", "rate", "Optimization"),
    new("Adam: no bias correction of the second moment", Optimiser, "Math.Sqrt(1 - Math.Pow(Options.Beta2, Steps))", "1.0", "Optimization"),
    new(
        "Adam: the root of the second moment is forgotten in the rest of a vector",
        Optimiser,
        "(T.Sqrt(v[i]) * c.Scale)",
        "(v[i] * c.Scale)",
        "Optimization"
    ),
    new(
        "a pass over memory: a chunk misses its last value",
        Passes,
        "Math.Min(count, (chunk + 1L) * length)",
        "Math.Min(count, ((chunk + 1L) * length) - 1)",
        "Optimization"
    ),
    new("Adam: uphill", Optimiser, "Vector.Load(p + i) - (step * first", "Vector.Load(p + i) + (step * first", "Optimization"),
    new("cross-entropy: the label's sign", Losses, "gradient.sum(1, keepdim: true).neg_()", "gradient.sum(1, keepdim: true)", "Losses"),
    new(
        "cross-entropy: the mean for the sum",
        Losses,
        "new LossGradient(value, gradient.view(output.shape))",
        "new LossGradient(value, gradient.div_(output.shape[0]).view(output.shape))",
        "Losses"
    ),
    new(
        "half square sum: twice the gradient",
        Losses,
        "new LossGradient(error.square().sum() / 2, error.view(output.shape))",
        "new LossGradient(error.square().sum() / 2, (2 * error).view(output.shape))",
        "Losses"
    ),
    new(
        "half square sum: the label's target is zero",
        Losses,
        "full_like(index, -1, output.dtype)",
        "full_like(index, 0, output.dtype)",
        "Losses"
    ),
    new(
        "loss: the kind is not looked at",
        Losses,
        "kind == LossKind.Mse ? HalfSquareSum(output, labels) : CrossEntropySum(output, labels)",
        "CrossEntropySum(output, labels)",
        "Losses"
    ),
    new("half mean square: the batch is forgotten", Losses, "error / batch", "error", "Losses"),
    new("angle: a zero update counts as zero degrees", Angle, "|| largest == 0", "", "Metrics"),
    new("angle: the half angle", Angle, "var radians = 2 * Math.Atan2", "var radians = Math.Atan2", "Metrics"),
];

var root = Output("git", Directory.GetCurrentDirectory(), "rev-parse", "--show-toplevel").Trim();
var report = Path.Combine(root, "tests/mutation/report.md");
var known = File.ReadAllLines(report);
var checks = args is ["check"];
var chosen = mutants
    .Where(m =>
        args.Length == 0
        || checks
        || args.Any(word =>
            word == "new"
                ? !known.Any(row =>
                    row.StartsWith($"| {m.Name} | ", StringComparison.Ordinal) && !row.Contains(NotTried, StringComparison.Ordinal)
                )
                : m.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
        )
    )
    .ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine("no mutant is chosen: give a part of a name, new, check, or nothing for all.");
    return 1;
}

if (chosen.Select(m => (m.Name, Trouble: Misfit(root, m))).Where(m => m.Trouble is not null).ToArray() is [_, ..] misfits)
{
    Console.Error.WriteLine(string.Join('\n', misfits.Select(m => $"{m.Name}: {m.Trouble}")));
    return 1;
}

if (checks)
{
    Console.WriteLine($"the texts of all {mutants.Length} mutants are found");
    return 0;
}

var copy = Directory.CreateTempSubdirectory("gaitprop-mutants-").FullName;
try
{
    foreach (
        var file in Output(
                "git",
                root,
                "ls-files",
                "-z",
                "--",
                "*.props",
                "*.targets",
                "*.json",
                "*.slnx",
                ".editorconfig",
                "src/Shared",
                "src/GaitProp.Core",
                "tests/Shared",
                "tests/GaitProp.Core.Tests",
                "tests/python"
            )
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(f => File.Exists(Path.Combine(root, f)))
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
        File.Copy(Path.Combine(root, file), Path.Combine(copy, file));
    }

    var areas = chosen.SelectMany(m => m.Areas).Distinct().ToArray();
    Console.WriteLine($"unchanged: build, and tests of {string.Join(", ", areas)}");
    if (
        Compile(copy, "tests/GaitProp.Core.Tests") is { } error
        || Failed(copy, areas) is [_, ..] broken && (error = $"tests fail without any mutation: {string.Join("; ", broken)}") is not null
    )
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
        File.WriteAllText(report, Report(mutants, results, File.ReadAllLines(report)));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{results.Count, 3}/{chosen.Length} {(result.KilledBy is null ? "SURVIVES" : "killed  ")} {watch.Elapsed.TotalSeconds, 5:0.0} s  {mutant.Name}{(result.Trouble is { } t ? $": {t}" : "")}"
            )
        );
    }

    var alive = results.Count(r => r.KilledBy is null);
    Console.WriteLine($"{results.Count - alive} of {results.Count} mutants killed");
    return alive == 0 ? 0 : 1;
}
finally
{
    Directory.Delete(copy, recursive: true);
}

static string? Misfit(string folder, Mutant mutant)
{
    var path = Path.Combine(folder, mutant.File);
    if (!File.Exists(path))
    {
        return "its file is gone";
    }

    return Place(mutant.Text).Count(File.ReadAllText(path)) switch
    {
        0 => "its text is no longer found",
        1 => null,
        _ => "its text is found more than once",
    };
}

static (string? KilledBy, string? Trouble) Try(string copy, Mutant mutant)
{
    var path = Path.Combine(copy, mutant.File);
    var original = File.ReadAllText(path);
    try
    {
        File.WriteAllText(path, Place(mutant.Text).Replace(original, mutant.Replacement.Replace("$", "$$", StringComparison.Ordinal)));
        if (Rebuild(copy) is { } error)
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

// A text in code, wherever its lines are broken.
static Regex Place(string text) => new(string.Join(@"\s*", Regex.Matches(text, @"\w+|[^\w\s]").Select(t => Regex.Escape(t.Value))));

// The library alone, put beside the tests that were built against it unchanged: that is several times faster.
static string? Rebuild(string copy)
{
    if (Compile(copy, "src/GaitProp.Core", "--no-restore") is { } error)
    {
        return error;
    }

    File.Copy(
        Path.Combine(copy, "artifacts/bin/GaitProp.Core/release/GaitProp.Core.dll"),
        Path.Combine(copy, "artifacts/bin/GaitProp.Core.Tests/release/GaitProp.Core.dll"),
        overwrite: true
    );
    return null;
}

static string? Compile(string copy, string project, params string[] more)
{
    var (code, output) = Run(
        "dotnet",
        copy,
        [
            "build",
            project,
            "-c",
            "Release",
            "--nologo",
            "-v",
            "quiet",
            "-p:TreatWarningsAsErrors=false",
            "-p:RunAnalyzers=false",
            "-p:GenerateDocumentationFile=false",
            .. more,
        ]
    );
    return code == 0 ? null : output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal)) ?? "build failed";
}

// The first test that fails of the classes whose names begin so; none if all pass.
static string[] Failed(string copy, string[] areas)
{
    // The deep networks are slow and notice nothing that the others do not.
    var (code, output) = Run(
        "dotnet",
        copy,
        [
            "artifacts/bin/GaitProp.Core.Tests/release/GaitProp.Core.Tests.dll",
            "-noColor",
            "-stopOnFail",
            "-class-",
            "GaitProp.Tests.Rules.Targets.DeepOrthogonalTests",
            .. areas.SelectMany(a => new[] { "-class", $"GaitProp.Tests.{a}*" }),
        ]
    );
    var failed = Regex
        .Matches(output, @"^\s*(GaitProp\.Tests\.\S+?)(\(.*\))? \[FAIL\]", RegexOptions.Multiline)
        .Select(m => m.Groups[1].Value["GaitProp.Tests.".Length..])
        .ToArray();
    return code == 0 ? []
        : failed.Length > 0 ? failed
        : ["the tests do not run"];
}

// The rows of this run, and of the mutants that were not tried their rows of an earlier one.
static string Report(Mutant[] mutants, List<(Mutant Mutant, string? KilledBy, string? Trouble)> results, string[] earlier)
{
    var rows = mutants
        .Select(mutant =>
            results.FirstOrDefault(r => r.Mutant == mutant) is { Mutant: not null } result
                ? $"| {mutant.Name} | {mutant.File["src/GaitProp.Core/".Length..]} | {(result.KilledBy is null ? $"**survives**: {result.Trouble}" : result.KilledBy.Replace('_', ' '))} |"
                : earlier.FirstOrDefault(line => line.StartsWith($"| {mutant.Name} | ", StringComparison.Ordinal))
                    ?? $"| {mutant.Name} | {mutant.File["src/GaitProp.Core/".Length..]} | {NotTried} |"
        )
        .ToArray();
    var killed = rows.Count(row => !row.Contains("**", StringComparison.Ordinal));
    return string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Mutants

        `dotnet run tests/mutation/mutate.cs` breaks one line at a time and runs the tests that should notice. {killed} of {rows.Length} mutants are killed.

        | mutant | file | killed by |
        |---|---|---|
        {string.Join('\n', rows)}

        """
    );
}

static string Output(string program, string folder, params string[] arguments)
{
    var (code, output) = Run(program, folder, arguments);
    return code == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output}");
}

static (int Code, string Output) Run(string program, string folder, params string[] arguments)
{
    using var process = Process.Start(
        new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }
    )!;
    var errors = process.StandardError.ReadToEndAsync();
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode, output + errors.Result);
}

/// <summary>One change of one line.</summary>
/// <param name="Name">What it breaks.</param>
/// <param name="File">The file, from the repository's root.</param>
/// <param name="Text">What stands there, exactly once; lines may break anywhere in it.</param>
/// <param name="Replacement">What it becomes.</param>
/// <param name="Areas">The beginnings of the names, after GaitProp.Tests, of the test classes that should notice.</param>
internal sealed record Mutant(string Name, string File, string Text, string Replacement, params string[] Areas);
