using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GaitProp.Kernel.Terminal;

/// <summary>Shows runs on a console: a bar for each in a terminal, a line now and then elsewhere.</summary>
internal static class TrainingDisplay
{
    /// <summary>Shows what the action trains.</summary>
    public static void Show(IAnsiConsole console, Action<ITrainingDisplay> action)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi || !console.Profile.Out.IsTerminal)
        {
            action(new Lines(console));
            return;
        }

        console
            .Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = Math.Clamp(console.Profile.Width - 72, 8, 40) },
                new StatusColumn()
            )
            .Start(context => action(new Bars(context)));
    }

    private sealed class Lines(IAnsiConsole console) : ITrainingDisplay
    {
        public IProgress<TrainingProgress> Add(string label) => new Line(console, label);
    }

    /// <summary>
    /// How long a log waits for its next line: five seconds at first, then a fiftieth of the time so far, so that the log of a night can be
    /// read.
    /// </summary>
    /// <param name="elapsed">The time since the run began.</param>
    internal static TimeSpan Pause(TimeSpan elapsed) => TimeSpan.FromSeconds(Math.Max(5, elapsed.TotalSeconds / 50));

    /// <summary>A line now and then, and one at the end of each epoch.</summary>
    private sealed class Line(IAnsiConsole console, string label) : IProgress<TrainingProgress>
    {
        private readonly Stopwatch _since = Stopwatch.StartNew();
        private bool _started;

        public void Report(TrainingProgress value)
        {
            if (
                _started
                && value.Phase is (TrainingPhase.Checking or TrainingPhase.Training or TrainingPhase.Evaluating)
                && _since.Elapsed < Pause(value.Elapsed)
            )
            {
                return;
            }

            _started = true;
            _since.Restart();
            console.WriteLine($"{label, -6} {ProgressText.Line(value)}");
        }
    }

    private sealed class Bars(ProgressContext context) : ITrainingDisplay
    {
        public IProgress<TrainingProgress> Add(string label) => new Bar(context.AddTask(Markup.Escape(label), autoStart: false));
    }

    private sealed class Bar(ProgressTask task) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (!task.IsStarted)
            {
                task.StartTask();
            }

            task.MaxValue = value.Steps;
            task.Value = value.Step;
            task.State.Update<TrainingProgress>(StatusColumn.Key, _ => value);
            if (value.Phase == TrainingPhase.Finished)
            {
                task.StopTask();
            }
        }
    }

    /// <summary>
    /// What the run says of itself, beside its bar. The column may wrap: room that is missing is then taken from it, not from the bar.
    /// </summary>
    private sealed class StatusColumn : ProgressColumn
    {
        public const string Key = "progress";

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            task.IsStarted ? new Status(task.State.Get<TrainingProgress>(Key)) : new Text("waiting");
    }

    /// <summary>A run's progress, in as many words as fit: how wide its column is shows only when it is drawn.</summary>
    private sealed class Status(TrainingProgress progress) : Renderable
    {
        protected override Measurement Measure(RenderOptions options, int maxWidth) =>
            ((IRenderable)Words(maxWidth)).Measure(options, maxWidth);

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            ((IRenderable)Words(maxWidth)).Render(options, maxWidth);

        private Text Words(int width) => new(ProgressText.Within(progress, width));
    }
}
