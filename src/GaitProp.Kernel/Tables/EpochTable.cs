using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>What was measured after each epoch of a run.</summary>
internal static class EpochTable
{
    /// <summary>Epochs that have rows; of more, the first and the last ones.</summary>
    private const int Most = 12;

    private const int First = 3;

    /// <summary>Draws up the table.</summary>
    /// <param name="run">The run.</param>
    public static Table Of(RunRecord run)
    {
        var epochs = run.Epochs;
        var shown = epochs.Count <= Most ? epochs : [.. epochs.Take(First), .. epochs.TakeLast(Most - First)];
        var columns = new (Column Column, Func<EpochMetrics, object?> Cell)[]
        {
            (new("epoch", Quantity.Count), e => e.Epoch),
            (new("step", Quantity.Count), e => e.Step),
            (new("train loss", Quantity.Loss), e => e.TrainLoss),
            (new("train", Quantity.Share), e => e.TrainAccuracy),
            (new("test loss", Quantity.Loss), e => e.TestLoss),
            (new("test", Quantity.Share), e => e.TestAccuracy),
            (new("test top-5", Quantity.Share), e => e.TestTop5),
            (new("validation loss", Quantity.Loss), e => e.ValidationLoss),
            (new("validation", Quantity.Share), e => e.ValidationAccuracy),
        }
            .Where(c => epochs.Any(e => c.Cell(e) is not null))
            .ToArray();
        return new Table([.. columns.Select(c => c.Column)], [.. shown.Select(e => new Row([.. columns.Select(c => c.Cell(e))]))])
        {
            Notes =
                shown.Count == epochs.Count ? [] : [Text($"The first {First} and the last {Most - First} of {epochs.Count} measurements.")],
        };
    }
}
