using GaitProp.Figures;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Terminal;

/// <summary>A run's progress in words.</summary>
internal static class ProgressText
{
    /// <summary>
    /// <c>epoch 3/10 step 117/400 loss 1.234 train 51.2 % test 48.0 % angle 0.310° to exact 0.021° 12.3 steps/s 0:42 left</c>.
    /// </summary>
    public static string Line(TrainingProgress p)
    {
        var parts = new List<string> { Text($"epoch {p.Epoch}/{p.Epochs}"), Text($"step {p.Step}/{p.Steps}") };
        if (double.IsFinite(p.Loss))
        {
            parts.Add($"loss {Quantity.LossWords(p.Loss, "F3")}");
        }

        if (p.TrainAccuracy is { } train)
        {
            parts.Add(Text($"train {100 * train:F1} %"));
        }

        if (p.TestAccuracy is { } test)
        {
            parts.Add(Text($"test {100 * test:F1} %"));
        }

        if (p.MeanAngle is { } angle)
        {
            parts.Add($"angle {Quantity.Angle.WithUnit(angle)}");
        }

        if (p.LargestDistance is { } distance)
        {
            parts.Add($"to {DistanceReference.Of(p).Word} {Quantity.Angle.WithUnit(distance)}");
        }

        parts.Add(Pace(p));
        return string.Join("  ", parts);
    }

    /// <summary>
    /// What of it there is room for: the line, else <c>epoch 3/10 step 117/400 loss 1.23 test 48.0 % 12.3/s 0:42 left</c>, of which the
    /// step goes first, then the accuracy, then the loss. The epoch, the pace and the time stay, even where they are too long.
    /// </summary>
    /// <param name="p">The progress.</param>
    /// <param name="width">The letters that there is room for.</param>
    public static string Within(TrainingProgress p, int width)
    {
        var epoch = Text($"epoch {p.Epoch}/{p.Epochs}");
        var step = Text($" step {p.Step}/{p.Steps}");
        var loss = double.IsFinite(p.Loss) ? $" loss {Quantity.LossWords(p.Loss, "F2")}" : "";
        var test = p.TestAccuracy is { } accuracy ? Text($" test {100 * accuracy:F1} %") : "";
        var pace = Pace(p).Replace(" steps/s ", "/s", StringComparison.Ordinal);
        string[] forms =
        [
            Line(p),
            $"{epoch}{step}{loss}{test} {pace}",
            $"{epoch}{loss}{test} {pace}",
            $"{epoch}{loss} {pace}",
            $"{epoch} {pace}",
        ];
        return forms.FirstOrDefault(form => form.Length <= width) ?? forms[^1];
    }

    /// <summary>Minutes and seconds, or hours and minutes: <c>0:42</c>, <c>3 h 05 min</c>.</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalHours >= 1
            ? Text($"{(int)time.TotalHours} h {time.Minutes:00} min")
            : Text($"{(int)time.TotalMinutes}:{time.Seconds:00}");

    private static string Pace(TrainingProgress p) =>
        p.Phase switch
        {
            TrainingPhase.Checking => Text($"checking the photos, {100 * (p.Checked ?? 0):F0} %"),
            TrainingPhase.Finished when p.Elapsed == TimeSpan.Zero => "done before",
            TrainingPhase.Finished => Text($"done in {Duration(p.Elapsed)}"),
            TrainingPhase.Evaluating => p.Remaining is { } left ? Text($"evaluating  {Duration(left)} left") : "evaluating",
            _ => p.Remaining is { } left ? Text($"{p.StepsPerSecond:F1} steps/s  {Duration(left)} left") : "starting",
        };
}
