using GaitProp.Notebook.Outputs;
using System.Globalization;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Formatters;

/// <summary>A run: how it ended, its last numbers, its curves, and, folded, its epochs, angles and settings.</summary>
internal static class RunFormatter
{
    /// <summary>Epochs that are written out; of more, the first and the last ones.</summary>
    private const int MostEpochs = 12;

    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<RunRecord>(run => Html(run, withCurves: true), Text, run => StaticFigure.Light(Figure(run), StaticTheme.Paper));

    /// <summary>The run's curves.</summary>
    public static Figure Figure(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return TrainingFigure.Of(run.Description.Experiment["name"]!.ToString(), Title(run), [run]);
    }

    /// <summary>The run as HTML.</summary>
    /// <param name="run">The run.</param>
    /// <param name="withCurves">Whether the curves are in it, and not beside it.</param>
    public static string Html(RunRecord run, bool withCurves)
    {
        ArgumentNullException.ThrowIfNull(run);
        var d = run.Description;
        var body = CellHtml.Numbers(Numbers(run));
        if (d.Error is { } error)
        {
            body += $"<div style=\"color:#d9542b;margin-top:4px\">{HtmlText.Escape(error)}</div>";
        }

        if (d.Data.StandsInFor is { } published)
        {
            body += $"<div style=\"{CellHtml.Muted};margin-top:2px\">{HtmlText.Escape($"Trained on {d.Data.Name} in place of {published}.")}</div>";
        }

        if (withCurves && run.Epochs.Count > 0)
        {
            body += $"<div style=\"margin-top:6px\">{CellHtml.Chart(Figure(run) with { Title = "", Caption = "" })}</div>";
        }

        if (run.Epochs.Count > 0)
        {
            body += CellHtml.Folded("accuracy by epoch", Epochs(run));
        }

        if (run.Steps.Any(s => s.Angles.Count > 0))
        {
            body += CellHtml.Folded("update angle to BP by layer", Angles(run));
        }

        body += CellHtml.Folded("settings", SettingsHtml.Table(d.Experiment) + CellHtml.Fields(
        [
            ("data", HtmlText.Escape($"{d.Data.Name}, {d.Data.Images}")),
            .. d.Origin is { } origin ? ((string, string)[])[("begins with", HtmlText.Escape(origin.ToString()))] : [],
            ("machine", HtmlText.Escape($"{d.Environment}; GaitProp {d.Environment.Version}, libtorch {d.Environment.LibTorch}")),
            ("run", HtmlText.Escape(d.Name)),
        ]));
        return CellHtml.Card(Title(run), Text($"{Status(run)}, {d.Started.LocalDateTime:yyyy-MM-dd HH:mm}"), body);
    }

    private static string Text(RunRecord run) => $"{Title(run)}: {Status(run)}; {string.Join(", ", Numbers(run).Select(n => $"{n.Name} {n.Value}"))}";

    private static string Title(RunRecord run) => RunTitles.Whole(run.Description.Experiment);

    private static string Status(RunRecord run) => run.Description.Status.ToString().ToLowerInvariant();

    private static IEnumerable<(string Name, string Value)> Numbers(RunRecord run)
    {
        yield return ("epochs", Text($"{(run.Epochs.Count == 0 ? 0 : run.Epochs[^1].Epoch)} of {run.Description.Experiment["epochs"]}"));
        if (run.Epochs.Count > 0)
        {
            yield return ("test", Number.Percent(run.Epochs[^1].TestAccuracy));
            if (run.Epochs[^1].ValidationAccuracy is { } validation)
            {
                yield return ("validation", Number.Percent(validation));
            }

            yield return ("train", Number.Percent(run.Epochs[^1].TrainAccuracy));
            yield return ("loss", Text($"{run.Epochs[^1].TrainLoss:0.000}"));
            if (run.Epochs[^1].TestTop5 is { } five && run.Description.Layers[^1].Keep > 10)
            {
                yield return ("test top-5", Number.Percent(five));
            }
        }

        var measured = run.Steps.Where(s => s.Angles.Count > 0).ToArray();
        if (measured.Length > 0)
        {
            yield return ("mean angle to BP", Number.Angle(measured.Select(s => s.MeanAngle).Average()));
            yield return ("worst", Number.Angle(measured.SelectMany(s => s.Angles).Max()));
        }

        if (measured.Max(s => s.LargestDistance) is { } distance)
        {
            yield return ("largest distance to the exact inverse", Number.Angle(distance));
            yield return ("steps with a bare transpose", Number.Percent(measured.SelectMany(s => s.Transposes).DefaultIfEmpty().Max()));
        }

        if (run.SecondsPerStep is { } seconds)
        {
            yield return ("step", Text($"{1000 * seconds:0.0} ms"));
        }
    }

    private static string Epochs(RunRecord run)
    {
        var epochs = run.Epochs;
        var shown = epochs.Count <= MostEpochs ? epochs : [.. epochs.Take(3), .. epochs.TakeLast(MostEpochs - 3)];
        var validated = epochs.Any(e => e.ValidationAccuracy is not null);
        return CellHtml.Table(["epoch", "step", "train loss", "train", "test loss", "test", .. validated ? ["validation"] : (string[])[]], shown.Select(e => (string[])
            [Text($"{e.Epoch}"), Number.Whole(e.Step), Text($"{e.TrainLoss:0.0000}"), Number.Percent(e.TrainAccuracy), Text($"{e.TestLoss:0.0000}"), Number.Percent(e.TestAccuracy), .. validated ? [e.ValidationAccuracy is { } v ? Number.Percent(v) : "–"] : (string[])[]]), left: 0)
            + (shown.Count < epochs.Count ? $"<div style=\"{CellHtml.Muted}\">{Text($"the first 3 and the last {MostEpochs - 3} of {epochs.Count} measurements")}</div>" : "");
    }

    private static string Angles(RunRecord run) => CellHtml.Table(
        ["layer", "mean", "deviation", "worst", "to exact, mean", "largest", "transposes", "defined"],
        Enumerable.Range(0, run.Description.Layers.Count).Select(l =>
        {
            var all = run.Steps.Where(s => s.Angles.Count > l).Select(s => s.Angles[l]).ToArray();
            var angle = TrainingFigure.LayerAngle(run, l);
            return (string[])[Text($"{l + 1}"), Number.Angle(angle?.Mean), angle is { } a ? Number.Angle(a.Deviation) : "–", Number.Angle(all.Max()), .. Exactness(run, l), Text($"{all.Count(x => x is not null)} of {all.Length}")];
        }));

    private static string[] Exactness(RunRecord run, int layer)
    {
        var (mean, largest, transposes) = TrainingFigure.LayerExactness(run, layer);
        return [mean is null ? "–" : Number.Angle(mean), largest is null ? "–" : Number.Angle(largest), transposes is { } share ? Number.Percent(share) : "–"];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
