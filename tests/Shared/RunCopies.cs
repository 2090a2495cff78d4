namespace GaitProp.Tests;

/// <summary>Runs and measurements that differ from others in a little.</summary>
internal static class RunCopies
{
    public static RunRecord With(
        this RunRecord run,
        RunDescription? description = null,
        IReadOnlyList<StepMetrics>? steps = null,
        IReadOnlyList<EpochMetrics>? epochs = null,
        IReadOnlyList<EpochTiming>? timings = null,
        string? folder = null
    ) => new(folder ?? run.Folder, description ?? run.Description, steps ?? run.Steps, epochs ?? run.Epochs, timings ?? run.Timings);

    public static EpochMetrics With(
        this EpochMetrics at,
        int? epoch = null,
        double? trainAccuracy = null,
        double? trainTop5 = null,
        double? testTop5 = null
    ) =>
        new(
            epoch ?? at.Epoch,
            at.Step,
            at.TrainLoss,
            trainAccuracy ?? at.TrainAccuracy,
            at.TestLoss,
            at.TestAccuracy,
            at.Defects,
            trainTop5 ?? at.TrainTop5,
            testTop5 ?? at.TestTop5
        )
        {
            ValidationLoss = at.ValidationLoss,
            ValidationAccuracy = at.ValidationAccuracy,
            ValidationTop5 = at.ValidationTop5,
        };

    public static StepMetrics With(this StepMetrics at, long? step = null, IReadOnlyList<double?>? angles = null) =>
        new(at.Epoch, step ?? at.Step, at.Loss, angles ?? at.Angles, at.Distances, at.Transposes);

    public static RunEnvironment With(this RunEnvironment of, string? processor = null, int? threads = null) =>
        new(of.Version, of.Commit, of.TorchSharp, of.LibTorch, of.Device, processor ?? of.Processor, threads ?? of.Threads, of.System);
}
