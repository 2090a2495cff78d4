using GaitProp.Ranks;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// A command that an engine may have started as one of several ranks: all do it together, the first one alone has words, and an error of
/// any of them ends all with one line.
/// </summary>
internal static class RankedWork
{
    /// <summary>How long an error that is not this rank's to tell waits for the one whose it is, which ends all ranks.</summary>
    public static readonly TimeSpan LastWord = TimeSpan.FromSeconds(6);

    private static RankGroup? s_broken;

    static RankedWork() => AppDomain.CurrentDomain.ProcessExit += (_, _) => s_broken?.Abort();

    /// <summary>Does it.</summary>
    /// <param name="context">Where the first rank's words go.</param>
    /// <param name="work">What each rank does, given the ranks and where its words go.</param>
    public static void Do(CommandContext context, Action<RankGroup, CommandContext> work)
    {
        var ranks = RankGroup.Alone;
        try
        {
            ranks = RankEngine.LaunchedAs is null ? ranks : RankEngine.Join(Version());
            if (!ranks.IsAlone)
            {
                torch.set_num_threads(Math.Max(1, Environment.ProcessorCount / ranks.Sharing));
            }

            work(ranks, ranks.IsFirst ? context : context with { Out = Silent() });
            ranks.Dispose();
        }
        catch (OperationCanceledException) when (!ranks.IsAlone)
        {
            // All stopped at the same step, and the first has said where.
            ranks.Dispose();
            throw;
        }
        catch when (RankEngine.LaunchedAs is not null)
        {
            // Once this process has said its line, all end.
            s_broken = ranks;
            if (!(ranks.IsAlone ? RankEngine.LaunchedAs is 0 : ranks.IsSpeaker))
            {
                Thread.Sleep(LastWord);
            }

            throw;
        }
    }

    /// <summary>The device of a name for this rank: where the machine has several cards, each rank takes its own.</summary>
    /// <param name="name">The name; <see langword="null"/> if none was said.</param>
    /// <param name="ranks">The ranks.</param>
    /// <exception cref="GaitPropException">There is no such device, or there are more ranks than cards.</exception>
    public static torch.Device Device(string? name, RankGroup ranks)
    {
        var device = ComputeDevice.Of(name);
        if (ranks.IsAlone || device.type != DeviceType.CUDA || name?.Contains(':', StringComparison.Ordinal) is true)
        {
            return device;
        }

        // An engine that gives each task its card shows it that one alone.
        var cards = torch.cuda.device_count();
        return cards == 1 || ranks.LocalRank < cards
            ? ComputeDevice.Of(Text($"cuda:{(cards == 1 ? 0 : ranks.LocalRank)}"))
            : throw new GaitPropException(
                $"there are {cards} CUDA devices for {ranks.LocalCount} ranks on {Environment.MachineName}: start {cards} there, or use --device cpu."
            );
    }

    private static string Version()
    {
        LibTorch.Load();
        var here = RunEnvironment.Here(torch.CPU);
        return $"GaitProp {here.Version}{(here.Commit is { } commit ? $" ({commit})" : "")} with TorchSharp {here.TorchSharp} and libtorch {here.LibTorch}";
    }

    private static IAnsiConsole Silent() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
}
