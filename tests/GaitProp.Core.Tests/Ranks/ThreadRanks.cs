using System.Runtime.ExceptionServices;
using GaitProp.Ranks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Ranks;

/// <summary>Ranks that are threads of this process: what they add up is what an engine would, without its wires.</summary>
internal sealed class ThreadRanks : RankGroup
{
    private readonly Hall _hall;

    private ThreadRanks(Hall hall, int rank) => (_hall, Rank) = (hall, rank);

    public override int Rank { get; }

    public override int Count => _hall.Places.Length;

    /// <summary>Sums over ranks so far, on this one.</summary>
    public int Sums { get; private set; }

    /// <summary>Does the same on so many ranks at once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">What each does.</param>
    /// <returns>What each returned, in the order of ranks.</returns>
    public static T[] Run<T>(int count, Func<ThreadRanks, T> work)
    {
        using var hall = new Hall(count);
        var results = new T[count];
        var errors = new Exception?[count];
        var threads = Enumerable
            .Range(0, count)
            .Select(rank => new Thread(() =>
            {
                try
                {
                    results[rank] = work(new ThreadRanks(hall, rank));
                }
                catch (Exception e)
                {
                    errors[rank] = e;
                    hall.Leave();
                }
            }))
            .ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        // Who only found the others gone is not the cause.
        if (
            errors
                .OfType<Exception>()
                .OrderBy(e =>
                    e is OperationCanceledException { CancellationToken.IsCancellationRequested: true }
                    && e.Message.StartsWith("The operation", StringComparison.Ordinal)
                )
                .FirstOrDefault() is
            { } error
        )
        {
            ExceptionDispatchInfo.Throw(error);
        }

        return results;
    }

    public override void Send_(Span<byte> bytes, int from)
    {
        if (Rank == from)
        {
            _hall.Sent = bytes.ToArray();
        }

        _hall.Meet();
        _hall.Sent.CopyTo(bytes);
        _hall.Meet();
    }

    protected override Action Begin(Tensor values)
    {
        using (var scope = NewDisposeScope())
        {
            Sums++;
            _hall.Places[Rank] = values;
            _hall.Meet();
            Assert.All(_hall.Places, p => Assert.Equal((values.dtype, values.numel()), (p!.dtype, p.numel())));
            var sum = _hall.Places[0]!.clone();
            foreach (var other in _hall.Places.Skip(1))
            {
                sum.add_(other!.reshape(sum.shape));
            }

            _hall.Meet();
            values.copy_(sum.reshape(values.shape));
        }

        return () => { };
    }

    private sealed class Hall(int count) : IDisposable
    {
        private readonly Barrier _barrier = new(count);
        private readonly CancellationTokenSource _left = new();

        public Tensor?[] Places { get; } = new Tensor?[count];

        public byte[] Sent { get; set; } = [];

        public void Meet() => _barrier.SignalAndWait(_left.Token);

        public void Leave() => _left.Cancel();

        public void Dispose()
        {
            _barrier.Dispose();
            _left.Dispose();
        }
    }
}
