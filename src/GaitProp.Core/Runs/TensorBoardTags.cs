namespace GaitProp.Runs;

/// <summary>What the measurements are called in TensorBoard, which groups by the part before the slash.</summary>
internal static class TensorBoardTags
{
    /// <summary>The points of a line of <c>metrics.jsonl</c>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="kind">Step or epoch, where the line does not say it.</param>
    public static IEnumerable<(string Tag, double Value)> Of(MetricLine line, string? kind = null) =>
        from point in line.Values.Select(v => (Tag: Tag(kind ?? line.Kind, v), v.Value))
        where point.Tag is not null && point.Value is not null
        select (point.Tag, point.Value.GetValueOrDefault());

    private static string? Tag(string? kind, MetricValue value) =>
        (kind, value.Metric, value.Layer) switch
        {
            ("step", "loss", null) => "loss/batch",
            ("step", "meanAngle", null) => "angle/mean",
            ("step", "angle", { } layer) => Text($"angle/layer-{layer}"),
            ("epoch", "trainLoss", null) => "loss/train",
            ("epoch", "testLoss", null) => "loss/test",
            ("epoch", "trainAccuracy", null) => "accuracy/train",
            ("epoch", "testAccuracy", null) => "accuracy/test",
            ("epoch", "trainTop5", null) => "accuracy/train-top5",
            ("epoch", "testTop5", null) => "accuracy/test-top5",
            ("epoch", "validationLoss", null) => "loss/validation",
            ("epoch", "validationAccuracy", null) => "accuracy/validation",
            ("epoch", "validationTop5", null) => "accuracy/validation-top5",
            ("epoch", "defect", { } layer) => Text($"defect/layer-{layer}"),
            _ => null,
        };
}
