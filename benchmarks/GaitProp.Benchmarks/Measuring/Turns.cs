using System.Diagnostics;

namespace GaitProp.Benchmarks.Measuring;

/// <summary>
/// Times contestants that take turns in one process. What is wanted are ratios, on machines that do other things besides: a busy moment, a
/// change of the clock or a warm cache meets all of them alike when they alternate, while a harness that finishes one before it begins the
/// next (BenchmarkDotNet, a process each) puts minutes between the two sides of a ratio. So a ratio is taken within each round, and the
/// median of the rounds is reported, with the quartiles as its spread.
/// </summary>
/// <param name="contestants">Who takes part; the first is what the others are held against.</param>
/// <param name="budget">About how long all of it may take, warm-up not counted.</param>
/// <param name="smoke">One short round: only that it runs.</param>
internal sealed class Turns(IReadOnlyList<Contestant> contestants, TimeSpan budget, bool smoke)
{
    private const int LeastRounds = 5;
    private const int MostRounds = 400;
    private const int MostOnce = 64;

    /// <summary>A turn lasts at least so long, so that neither the clock nor the caches left by the one before matter.</summary>
    private static readonly TimeSpan LeastTurn = TimeSpan.FromMilliseconds(60);

    /// <summary>Times everybody.</summary>
    /// <param name="progress">Told how far it is, in a line.</param>
    /// <returns>Timings in the order of the contestants.</returns>
    public IReadOnlyList<Timing> Run(Action<string> progress)
    {
        // Warm-up: code is compiled, memory touched, threads started; what is seen of the second time decides how long a turn is.
        var times = new int[contestants.Count];
        foreach (var (i, contestant) in contestants.Index())
        {
            progress($"warming up {contestant.Name}");
            Seconds(contestant, contestant.Once);
            if (contestant.NowAndThen is not null)
            {
                Seconds(contestant, contestant.NowAndThen);
            }

            var once = smoke ? LeastTurn.TotalSeconds : Seconds(contestant, contestant.Once);
            times[i] = (int)Math.Clamp(Math.Ceiling(LeastTurn.TotalSeconds / once), 1, MostOnce);
        }

        var seconds = contestants.Select(_ => new List<double>()).ToArray();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < (smoke ? 1 : MostRounds); round++)
        {
            if (round >= LeastRounds && clock.Elapsed * ((round + 1.0) / round) > budget)
            {
                break;
            }

            progress(FormattableString.Invariant($"round {round + 1}, {clock.Elapsed.TotalSeconds:0} of {budget.TotalSeconds:0} s"));
            for (var turn = 0; turn < contestants.Count; turn++)
            {
                // Another begins each round: nobody always comes after the same one.
                var i = (turn + round) % contestants.Count;
                seconds[i].Add(Turn(contestants[i], times[i]));
            }
        }

        return [.. contestants.Zip(seconds, (c, s) => new Timing(c, s, seconds[0]))];
    }

    /// <summary>Seconds of one time, on average over those that are like the others and those that are not.</summary>
    private static double Turn(Contestant contestant, int times)
    {
        // The first one after another contestant finds its data out of the caches; a training never does.
        contestant.Once();
        contestant.Settle?.Invoke();
        var usual =
            Seconds(
                contestant,
                () =>
                {
                    for (var i = 0; i < times; i++)
                    {
                        contestant.Once();
                    }
                }
            )
            / times
            / contestant.Count;
        return contestant.NowAndThen is null
            ? usual
            : ((usual * (contestant.OutOf - 1)) + Seconds(contestant, contestant.NowAndThen)) / contestant.OutOf;
    }

    private static double Seconds(Contestant contestant, Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        contestant.Settle?.Invoke();
        return watch.Elapsed.TotalSeconds;
    }
}
