using System.Diagnostics;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>How far a set of data is: a bar in a terminal; elsewhere a line every two seconds.</summary>
internal static class DataProgress
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);

    /// <summary>The same for work that is not asynchronous; a bar without per cent.</summary>
    /// <param name="context">Where.</param>
    /// <param name="share">The part that is done, 0-1.</param>
    /// <param name="work">Does it, and tells how far it is.</param>
    public static T Show<TProgress, T>(CommandContext context, Func<TProgress, double> share, Func<Action<TProgress>, T> work) =>
        ShowAsync(context, [Bar(), Words()], share, _ => false, progress => Task.FromResult(work(progress))).GetAwaiter().GetResult();

    /// <summary>Shows progress, in a terminal in per cent too.</summary>
    /// <param name="context">Where.</param>
    /// <param name="share">The part that is done, 0-1.</param>
    /// <param name="isNote">Whether it is said at once where it is a line.</param>
    /// <param name="work">Does it, and tells how far it is.</param>
    public static Task<T> ShowAsync<TProgress, T>(
        CommandContext context,
        Func<TProgress, double> share,
        Func<TProgress, bool> isNote,
        Func<Action<TProgress>, Task<T>> work
    ) => ShowAsync(context, [Bar(), new PercentageColumn(), Words()], share, isNote, work);

    private static ProgressBarColumn Bar() => new() { Width = 30 };

    private static TaskDescriptionColumn Words() => new() { Alignment = Justify.Left };

    private static Task<T> ShowAsync<TProgress, T>(
        CommandContext context,
        ProgressColumn[] columns,
        Func<TProgress, double> share,
        Func<TProgress, bool> isNote,
        Func<Action<TProgress>, Task<T>> work
    )
    {
        if (context.Out.Profile.Out.IsTerminal)
        {
            return context
                .Out.Progress()
                .AutoClear(true)
                .Columns(columns)
                .StartAsync(bars =>
                {
                    var bar = bars.AddTask("starting", maxValue: 1);
                    return work(progress =>
                    {
                        bar.Value = share(progress);
                        bar.Description = Markup.Escape(Text($"{progress}"));
                    });
                });
        }

        var since = Stopwatch.StartNew();
        return work(progress =>
        {
            if (isNote(progress) || since.Elapsed >= LineEvery)
            {
                context.Out.WriteLine(Text($"{progress}"));
                since.Restart();
            }
        });
    }
}
