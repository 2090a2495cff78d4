using System.CommandLine;
using GaitProp.Kernel.Engines;
using GaitProp.Runs;

namespace GaitProp.Kernel.Commands;

/// <summary><c>sweep status</c>: what of a sweep is done, under way, failed and missing.</summary>
internal static class SweepStatusCommand
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    /// <summary>A sweep, by its name.</summary>
    public static Argument<string?> Sweep() => new("SWEEP")
    {
        Description = "The sweep: its name or the beginning of it. Default: the one that was last begun.",
        HelpName = "SWEEP",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Build(CommandContext context)
    {
        var (name, runs) = (Sweep(), SharedOptions.Runs());
        var all = new Option<bool>("--all") { Description = "List the done and missing runs, too." };
        var command = new Command("status", "Show what of a sweep is done, running (where, and its last heartbeat), stopped, failed and missing.") { name, runs, all };
        command.SetAction(parsed =>
        {
            var sweep = SweepRecord.Find(parsed.GetValue(runs)!, parsed.GetValue(name));
            var status = context.Busy("Reading runs", () => SweepRunStatus.Of(parsed.GetValue(runs)!, sweep));
            var writer = context.Out.Profile.Out.Writer;
            var counts = Enum.GetValues<SweepState>().Select(s => (State: s, Runs: status.Where(r => r.State == s).ToArray())).ToArray();
            writer.WriteLine(Text($"{sweep.Name}: {status.Count} runs: {string.Join(", ", counts.Where(c => c.Runs.Length > 0 || c.State is not SweepState.Stopped).Select(c => Text($"{c.Runs.Length} {Word(c.State)}")))}"));
            foreach (var run in counts.SelectMany(c => c.Runs).Where(r => parsed.GetValue(all) || r.State is not (SweepState.Done or SweepState.Missing)))
            {
                writer.WriteLine(VisibleText.Of(Line(run)));
            }

            if (!parsed.GetValue(all) && status.Where(r => r.State == SweepState.Missing).Select(r => r.Run.Number).ToArray() is { Length: > 0 } missing)
            {
                writer.WriteLine($"missing  numbers {SlurmArray.Ranges(missing)}");
            }

            foreach (var job in sweep.Jobs)
            {
                writer.WriteLine(Text($"submitted to {job.Engine} as {job.Id} on {job.Time.LocalDateTime:yyyy-MM-dd HH:mm}"));
            }

            if (File.Exists(SweepRecord.CancelFile(parsed.GetValue(runs)!, sweep.Name)))
            {
                writer.WriteLine("It was cancelled; the same sweep again goes on.");
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static string Line(SweepRunStatus run)
    {
        var epoch = run.Summary is { Epochs: { } epochs } summary ? Text($", epoch {summary.EpochsDone}/{epochs}") : "";
        var more = run.State switch
        {
            SweepState.Done => run.Summary?.State == RunState.Diverged ? $", diverged: {run.Summary.Error}" : run.Summary?.TestAccuracy is { } test ? Text($", test {100 * test:F2} %") : "",
            SweepState.Running when run.Worker is { } worker => $", {worker}" + (run.Silence is { } silence ? Text($", {Math.Max(0, silence.TotalSeconds):0} s ago") + (silence > Long && !worker.IsHere ? ": if it is dead, another worker takes it up" : "") : ""),
            SweepState.Failed => $": {run.Summary?.Error}",
            SweepState.Stopped => ", goes on with the same sweep",
            _ => "",
        };
        return Text($"{Word(run.State),-8} {run.Run.Number} {run.Run.Name}{epoch}{more}");
    }

    private static string Word(SweepState state) => state.ToString().ToLowerInvariant();
}
