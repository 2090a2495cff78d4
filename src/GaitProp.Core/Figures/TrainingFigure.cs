using System.Globalization;
using GaitProp.Experiments;
using GaitProp.Networks;
using GaitProp.Runs;

namespace GaitProp.Figures;

/// <summary>
/// The four panels in which the paper shows a network's training (figures 4, 5 and 6): A the update angle of each layer, B the mean angle over
/// steps, C and D the accuracy on training and test images.
/// </summary>
public static class TrainingFigure
{
    /// <summary>Draws up the figure of some runs of one experiment.</summary>
    /// <param name="name">The figure's name: <c>fig4</c>.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="runs">The runs, one a rule, in the order of the legend.</param>
    public static Figure Of(string name, string title, IReadOnlyList<RunRecord> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var measured = runs.Where(r => r.Steps.Any(s => s.Angles.Count > 0)).ToArray();
        IReadOnlyList<RunLayer> layers = runs.Count == 0 ? [] : runs[0].Description.Layers;
        return new Figure(name, title, Caption(runs),
        [
            new Panel("A", "Update angle by layer", new Axis("layer (mean and standard deviation over steps)", [.. layers.Select((_, l) => (l + 1).ToString(CultureInfo.InvariantCulture))]), new Axis("angle to BP (degrees)"),
                [.. measured.Select(r => AnglesByLayer(r, runs))], PanelKind.Points),
            new Panel("B", "Update angle over training", new Axis("step"), new Axis("mean over layers (degrees)"),
                [.. measured.Select(r => Curve(r, runs, r.Steps.Select(s => ((double)s.Step, s.MeanAngle ?? double.NaN))))], PanelKind.Lines),
            new Panel("C", "Training accuracy", new Axis("epoch"), new Axis("accuracy (%)"),
                [.. runs.Select(r => Curve(r, runs, r.Epochs.Select(e => ((double)e.Epoch, 100 * e.TrainAccuracy))))], PanelKind.Lines),
            new Panel("D", "Test accuracy", new Axis("epoch"), new Axis("accuracy (%)"),
                [.. runs.Select(r => Curve(r, runs, r.Epochs.Select(e => ((double)e.Epoch, 100 * e.TestAccuracy))))], PanelKind.Lines),
        ]);
    }

    /// <summary>Mean and standard deviation of a layer's update angles over the steps where they are defined, degrees.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <returns><see langword="null"/> if no angle is defined.</returns>
    public static (double Mean, double Deviation)? LayerAngle(RunRecord run, int layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        var angles = run.Steps.Where(s => s.Angles.Count > layer).Select(s => s.Angles[layer]).OfType<double>().ToArray();
        if (angles.Length == 0)
        {
            return null;
        }

        var mean = angles.Average();
        return (mean, Math.Sqrt(angles.Average(a => (a - mean) * (a - mean))));
    }

    private static Series AnglesByLayer(RunRecord run, IReadOnlyList<RunRecord> among)
    {
        var angles = Enumerable.Range(0, run.Description.Layers.Count).Select(l => LayerAngle(run, l)).ToArray();
        return new Series(run.Rule, RunTitles.Of(run, among),
            [.. Enumerable.Range(0, angles.Length).Select(l => (double)l)],
            [.. angles.Select(a => a?.Mean ?? double.NaN)],
            [.. angles.Select(a => a?.Deviation ?? double.NaN)]);
    }

    private static Series Curve(RunRecord run, IReadOnlyList<RunRecord> among, IEnumerable<(double X, double Y)> points)
    {
        var all = points.ToArray();
        return new Series(run.Rule, RunTitles.Of(run, among), [.. all.Select(p => p.X)], [.. all.Select(p => p.Y)]);
    }

    private static string Caption(IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count == 0)
        {
            return "No runs.";
        }

        var first = runs[0].Description;
        var data = first.Data;
        var sentences = new List<string>
        {
            data.StandsInFor is { } published
                ? Text($"Data: {data.Name} in place of {published} ({data.Train} training and {data.Test} test images).")
                : Text($"Data: {data.Name} ({data.Train} training and {data.Test} test images)."),
            Text($"Network: {first.Experiment["network"]}; {Values(runs, "epochs", "epochs")}, batch {first.Experiment["batchSize"]}, {Values(runs, "seed", "seed")}."),
            string.Join(" ", runs.GroupBy(Settings).Select(g => Text($"{string.Join(", ", g.Select(r => RunTitles.Of(r, runs)))}: {g.Key}."))),
            Text($"Machine: {first.Environment}; GaitProp {first.Environment.Version}."),
        };
        var undefined = runs.Sum(r => r.Steps.Sum(s => s.Angles.Count(a => a is null)));
        if (undefined > 0)
        {
            sentences.Add(Text($"{undefined} angles of zero or non-finite updates are undefined and left out."));
        }

        var unfinished = runs.Where(r => r.Description.Status != RunStatus.Finished).ToArray();
        sentences.AddRange(unfinished.Select(r => Text($"{RunTitles.Of(r, runs)} stopped early: {r.Description.Error ?? r.Description.Status.ToString().ToLowerInvariant()}")));
        return string.Join(" ", sentences);
    }

    /// <summary>The arithmetic of a run in a few words; runs that share it share a sentence.</summary>
    private static string Settings(RunRecord run)
    {
        var e = run.Description.Experiment;
        var options = e["ruleOptions"]!;
        var orthogonality = e["orthogonality"]!;
        var parts = new List<string> { Text($"preset {e["preset"]}"), (string)e["precision"]! };
        if (options["form"] is { } form)
        {
            parts.Add(Text($"{form} form"));
            parts.Add(Text($"inverse {options["inverse"]}"));
            parts.Add(Text($"{e["auxiliary"]} auxiliary units"));
        }

        parts.Add((string)orthogonality["kind"]! switch
        {
            "penalty" => Text($"orthogonality penalty λ = {orthogonality["lambda"]}"),
            "retraction" when (int?)orthogonality["rank"] is > 0 and var rank => Text($"retraction of {rank} directions a step, of all every {orthogonality["every"]}"),
            "retraction" => Text($"retraction every {orthogonality["every"]} steps"),
            _ => "no orthogonality constraint",
        });
        var rate = (double)e["optimizer"]!["lr"]!;
        var network = (string)e["network"]!;
        var factor = Architectures.Names.Contains(network) ? rate / Presets.Experiment(network, run.Rule, (string)e["preset"]!).Optimizer.LearningRate : 1;
        parts.Add(Text($"learning rate {rate:0.##e-0}{(Math.Abs(factor - 1) < 1e-9 ? "" : Text($" ({factor:0.##} times the published)"))}"));
        return string.Join(", ", parts);
    }

    private static string Values(IReadOnlyList<RunRecord> runs, string key, string label)
    {
        var values = runs.Select(r => r.Description.Experiment[key]!.ToString()).Distinct().ToArray();
        return key == "epochs" ? Text($"{string.Join("/", values)} {(values is ["1"] ? "epoch" : label)}") : Text($"{label} {string.Join("/", values)}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
