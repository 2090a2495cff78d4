using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Notebook.Outputs;
using GaitProp.Runs;

namespace GaitProp.Kernel.Formatters;

/// <summary>A run: how it ended, its last numbers, its curves, and, folded, its epochs, angles and settings.</summary>
internal static class RunFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() =>
        RichFormatter.Register<RunRecord>(
            run => Html(run, withCurves: true),
            Line,
            run => StaticFigure.Light(Figure(run), StaticTheme.Paper)
        );

    /// <summary>The run's curves.</summary>
    public static Figure Figure(RunRecord run)
    {
        return TrainingFigure.Of(run.Description.Experiment["name"]!.ToString(), Title(run), [run]);
    }

    /// <summary>The run as HTML.</summary>
    /// <param name="run">The run.</param>
    /// <param name="withCurves">Whether the curves are in it, and not beside it.</param>
    public static string Html(RunRecord run, bool withCurves)
    {
        var d = run.Description;
        var body = CellHtml.Numbers(Numbers(run));
        if (d.Error is { } error)
        {
            body += $"<div style=\"color:{TableHtml.Bad};margin-top:4px\">{HtmlText.Escape(error)}</div>";
        }

        var (status, hint) = Status(run);
        if (hint is not null)
        {
            body += $"<div style=\"{CellHtml.Muted};margin-top:2px\">{HtmlText.Escape($"{status}: {hint}.")}</div>";
        }

        if (d.Data.StandsInFor is { } published)
        {
            body +=
                $"<div style=\"{CellHtml.Muted};margin-top:2px\">{HtmlText.Escape($"Trained on {d.Data.Name} in place of {published}.")}</div>";
        }

        if (withCurves && run.Epochs.Count > 0)
        {
            body += $"<div style=\"margin-top:6px\">{CellHtml.Chart(Figure(run), titled: false)}</div>";
        }

        if (run.Epochs.Count > 0)
        {
            body += CellHtml.Folded("accuracy by epoch", TableHtml.Of(EpochTable.Of(run)));
        }

        if (LayerAngles.AreOf(run))
        {
            body += CellHtml.Folded("update angle to BP by layer", TableHtml.Of(LayerAngles.Of(run)));
        }

        body += CellHtml.Folded(
            "settings",
            TableHtml.Of(
                Table.OfFields([
                    .. SettingsTable.Fields(d.Experiment),
                    ("data", $"{d.Data.Name}, {d.Data.Images}"),
                    .. d.Origin is { } origin ? ((string, object?)[])[("begins with", origin.ToString())] : [],
                    ("machine", $"{d.Environment}; GaitProp {d.Environment.Version}, libtorch {d.Environment.LibTorch}"),
                    ("run", d.Name),
                ])
            )
        );
        return CellHtml.Card(Title(run), Text($"{status}, {d.Started.LocalDateTime:yyyy-MM-dd HH:mm}"), body);
    }

    private static string Line(RunRecord run)
    {
        var (status, hint) = Status(run);
        return $"{Title(run)}: {status}{(hint is null ? "" : $" ({hint})")}; {string.Join(", ", Numbers(run).Select(n => $"{n.Name} {n.Value}"))}";
    }

    private static string Title(RunRecord run) => RunTitles.Whole(run.Description.Experiment);

    /// <summary>
    /// How it stands, and what to do where its process was killed: such a run says of itself that it is under way. (A recorded one has no
    /// checkpoints to go on from.)
    /// </summary>
    private static (string Status, string? Hint) Status(RunRecord run)
    {
        var isStopped = run.Description.Status == RunStatus.Running && RunSummaryReader.Read(run.Folder).State == RunState.Stopped;
        return (
            (isStopped ? nameof(RunState.Stopped) : run.Description.Status.ToString()).ToLowerInvariant(),
            isStopped && run.Description.CanResume
                ? $"its process was killed; '#!gaitprop runs resume {CommandWord.Quoted(run.Folder)}' goes on"
                : null
        );
    }

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
            yield return ("loss", Quantity.LossWords(run.Epochs[^1].TrainLoss, "0.000"));
            if (run.Epochs[^1].TestTop5 is { } five && ShownAccuracy.ClassesOf(run) > 10)
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
            yield return ($"largest distance to the {DistanceReference.Of(run).Name}", Number.Angle(distance));
        }

        // Of each layer the mean over the run, as its table has it.
        if (run.Description.Layers.Select((_, l) => TrainingFigure.LayerExactness(run, l).Transposes).Max() is { } transposes)
        {
            yield return ("steps with a bare transpose in the worst layer", Number.Percent(transposes));
        }

        if (run.SecondsPerStep is { } seconds)
        {
            yield return ("step", Text($"{1000 * seconds:0.0} ms"));
        }
    }
}
