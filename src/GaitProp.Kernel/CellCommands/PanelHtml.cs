using System.Text;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Formatters;
using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Terminal;

namespace GaitProp.Kernel.CellCommands;

/// <summary>
/// A panel as HTML that every front end draws alike: no script, no style sheet, colours that stand out on white and on black, and the
/// theme's own colour for words.
/// </summary>
internal static class PanelHtml
{
    /// <summary>The panel.</summary>
    /// <param name="label">What the run is called.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="progress">What was last told of it.</param>
    /// <param name="history">What was told before.</param>
    public static string Of(string label, PanelState state, TrainingProgress? progress, TrainingHistory history)
    {
        var html = new StringBuilder();
        var share = progress is { Steps: > 0 } p ? (double)p.Step / p.Steps : 0;
        html.Append("<div style=\"height:8px;border-radius:4px;background:rgba(128,128,128,.25);margin:5px 0 6px;overflow:hidden\">");
        html.Append(
            Text(
                $"<div style=\"height:8px;width:{100 * (state == PanelState.Done ? 1 : share):0.##}%;background:{Color(state)}\"></div></div>"
            )
        );
        if (progress is { } told)
        {
            Numbers(html, told);

            // The result of a training that is done shows the same, as a picture that every page keeps.
            if (state != PanelState.Done)
            {
                Curves(html, told, history, state);
            }
        }

        var time = progress is { } now && state is not PanelState.NotBegun ? Time(now, state) : "";
        return CellHtml.Card(label, Word(state) + time, html.ToString());
    }

    /// <summary>The state in a word or two.</summary>
    public static string Word(PanelState state) =>
        state switch
        {
            PanelState.Waiting => "waiting",
            PanelState.Running => "training",
            PanelState.Done => "done",
            PanelState.Stopped => "stopped",
            _ => "not begun",
        };

    private static string Color(PanelState state) =>
        state switch
        {
            PanelState.Done => TableHtml.Good,
            PanelState.Stopped => "#d9772b",
            _ => "#3b82c4",
        };

    private static string Time(TrainingProgress p, PanelState state) =>
        state switch
        {
            PanelState.Done => p.Elapsed == TimeSpan.Zero ? " before" : $" in {ProgressText.Duration(p.Elapsed)}",
            PanelState.Stopped => $" after {ProgressText.Duration(p.Elapsed)}",
            _ when p.Remaining is { } left =>
                $"{(p.Phase == TrainingPhase.Evaluating ? ", evaluating" : "")}, {ProgressText.Duration(left)} left",
            _ => p.Phase == TrainingPhase.Evaluating ? ", evaluating"
            : p.Phase == TrainingPhase.Checking ? Text($", checking the photos, {100 * (p.Checked ?? 0):F0} %")
            : ", starting",
        };

    private static void Numbers(StringBuilder html, TrainingProgress p)
    {
        var numbers = new List<(string, string)>();
        Number("epoch", Text($"{p.Epoch} of {p.Epochs}"));
        Number("step", Text($"{p.Step} of {p.Steps}"));
        if (double.IsFinite(p.Loss))
        {
            Number("loss", Quantity.LossWords(p.Loss, "F3"));
        }

        if (p.TrainAccuracy is { } train)
        {
            Number("train", Text($"{100 * train:F1} %"));
        }

        if (p.TestAccuracy is { } test)
        {
            Number("test", Text($"{100 * test:F1} %"));
        }

        if (p.Angles.Count > 0)
        {
            Number("mean angle to BP", Formatters.Number.Angle(p.MeanAngle));
        }

        if (p.LargestDistance is { } distance)
        {
            Number($"largest distance to the {DistanceReference.Of(p).Name}", Formatters.Number.Angle(distance));
        }

        if (p.StepsPerSecond > 0)
        {
            Number("speed", Text($"{p.StepsPerSecond:F1} steps/s"));
        }

        html.Append(CellHtml.Numbers(numbers));

        void Number(string name, string value) => numbers.Add((name, value));
    }

    private static void Curves(StringBuilder html, TrainingProgress p, TrainingHistory history, PanelState state)
    {
        // While it trains the curves are drawn into the page; what stays in the notebook is pictures.
        Func<string, AxisRange, AxisRange, IReadOnlyList<PanelCurve>, string> chart = state is PanelState.Running or PanelState.Waiting
            ? (t, x, y, c) => PanelChart.Svg(t, x, y, c)
            : PanelChart.Image;
        html.Append("<div style=\"display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:6px\">");
        if (history.Accuracy.Count > 0)
        {
            html.Append(
                chart(
                    "accuracy (%) by epoch",
                    new AxisRange(0, Math.Max(1, p.Epochs)),
                    new AxisRange(0, 100),
                    [
                        new PanelCurve(
                            "train",
                            "#d9772b",
                            [.. history.Accuracy.Select(a => ((double)a.Epoch, (double?)(100 * a.Train)))],
                            Dashed: true
                        ),
                        new PanelCurve("test", "#3b82c4", [.. history.Accuracy.Select(a => ((double)a.Epoch, (double?)(100 * a.Test)))]),
                    ]
                )
            );
        }

        if (history.Angles.Count > 0)
        {
            var layers = history.Angles.Max(a => a.Angles.Count);
            var highest = history.Angles.SelectMany(a => a.Angles).Max() ?? 0;
            html.Append(
                chart(
                    "angle to BP (degrees) by step, each layer",
                    new AxisRange(0, Math.Max(1, p.Steps)),
                    new AxisRange(0, highest > 0 ? 1.1 * highest : 1),
                    [
                        .. Enumerable
                            .Range(0, layers)
                            .Select(l => new PanelCurve(
                                Text($"{l + 1}"),
                                LayerColor(l, layers),
                                [.. history.Angles.Where(a => a.Angles.Count > l).Select(a => ((double)a.Step, a.Angles[l]))]
                            )),
                    ]
                )
            );
        }

        html.Append("</div>");
    }

    /// <summary>From blue at the input over green to red at the output, of a lightness that reads on white and on black.</summary>
    private static string LayerColor(int layer, int layers) =>
        Text($"hsl({(layers == 1 ? 215 : 215 - (205.0 * layer / (layers - 1))):0} 62% 48%)");
}
