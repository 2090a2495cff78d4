using System.CommandLine;
using GaitProp.Figures;
using GaitProp.Kernel.Engines;
using GaitProp.Runs;

namespace GaitProp.Kernel.Commands;

/// <summary><c>sweep status</c>: what of a sweep is done, under way, failed and missing.</summary>
internal static class SweepStatusCommand
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    /// <summary>A sweep, by its name.</summary>
    public static Argument<string?> Sweep() =>
        new("SWEEP")
        {
            Description = "The sweep: its name or the beginning of it. Default: the one that was last begun.",
            HelpName = "SWEEP",
            Arity = ArgumentArity.ZeroOrOne,
        };

    public static Command Build(CommandContext context)
    {
        var (name, runs) = (Sweep(), SharedOptions.Runs());
        var all = new Option<bool>("--all") { Description = "List the done and missing runs, too." };
        var command = new Command(
            "status",
            "Show what of a sweep is done, running (where, and its last heartbeat), stopped, failed and missing."
        )
        {
            name,
            runs,
            all,
        };
        command.SetAction(parsed =>
        {
            var sweep = SweepRecord.Find(parsed.GetValue(runs)!, parsed.GetValue(name));
            var status = context.Busy("Reading runs", () => SweepRunStatus.Of(parsed.GetValue(runs)!, sweep));
            var counts = Enum.GetValues<SweepState>().Select(s => (State: s, Runs: status.Where(r => r.State == s).ToArray())).ToArray();
            context.Whole(
                Text(
                    $"{sweep.Name}: {status.Count} runs: {string.Join(", ", counts.Where(c => c.Runs.Length > 0 || c.State is not SweepState.Stopped).Select(c => Text($"{c.Runs.Length} {Word(c.State)}")))}"
                )
            );
            if (
                counts
                    .SelectMany(c => c.Runs)
                    .Where(r => parsed.GetValue(all) || r.State is not (SweepState.Done or SweepState.Missing))
                    .ToArray() is
                { Length: > 0 } shown
            )
            {
                context.Show(Table(shown));
            }

            if (
                !parsed.GetValue(all)
                && status.Where(r => r.State == SweepState.Missing).Select(r => r.Run.Number).ToArray() is { Length: > 0 } missing
            )
            {
                context.Whole($"missing  numbers {SlurmArray.Ranges(missing)}");
            }

            foreach (var job in sweep.Jobs)
            {
                context.Whole(Text($"submitted to {job.Engine} as {job.Id} on {job.Time.LocalDateTime:yyyy-MM-dd HH:mm}"));
            }

            if (File.Exists(SweepRecord.CancelFile(parsed.GetValue(runs)!, sweep.Name)))
            {
                context.Whole("It was cancelled; the same sweep again goes on.");
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static Table Table(IReadOnlyList<SweepRunStatus> runs) =>
        new(
            [
                new("status", Quantity.Words),
                new("number", Quantity.Count),
                new("run", Quantity.Words),
                new("epochs", Quantity.Count),
                new("", Quantity.Words),
            ],
            [
                .. runs.Select(run => new Row(
                    new Mark(
                        Word(run.State),
                        run.State switch
                        {
                            SweepState.Failed => Tone.Bad,
                            SweepState.Done or SweepState.Running => Tone.Good,
                            _ => Tone.Middling,
                        }
                    ),
                    run.Run.Number,
                    run.Run.Name,
                    run.Summary is { Epochs: { } epochs } begun ? Text($"{begun.EpochsDone} of {epochs}") : null,
                    More(run)
                )),
            ]
        )
        {
            Keys = 3,
        };

    private static string More(SweepRunStatus run) =>
        run.State switch
        {
            SweepState.Done => run.Summary?.State == RunState.Diverged ? $"diverged: {run.Summary.Error}"
            : run.Summary?.TestAccuracy is { } test ? Text($"test {100 * test:F2} %")
            : "",
            SweepState.Running when run.Worker is { } worker => worker
                + (
                    run.Silence is { } silence
                        ? Text($", {Math.Max(0, silence.TotalSeconds):0} s ago")
                            + (silence > Long && !worker.IsHere ? ": if it is dead, another worker takes it up" : "")
                        : ""
                ),
            SweepState.Failed => run.Summary?.Error ?? "",
            SweepState.Stopped => "goes on with the same sweep",
            _ => "",
        };

    private static string Word(SweepState state) => state.ToString().ToLowerInvariant();
}
