using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Ranks;

/// <summary>
/// The processes (ranks) that train one network together, as one of them sees it. All of them call the same members in the same order; what
/// adds up or is sent is then the same on each to the last bit.
/// </summary>
internal abstract class RankGroup : IDisposable
{
    /// <summary>What a rank that was stopped says in the place of an error; no message is like it.</summary>
    private const string Stopped = "\0stopped";

    /// <summary>One process, which has nobody to ask.</summary>
    public static RankGroup Alone { get; } = new OneRank();

    /// <summary>Which of them this is, from 0. The first one writes.</summary>
    public abstract int Rank { get; }

    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>Which of those on this machine this is, from 0.</summary>
    public virtual int LocalRank => Rank;

    /// <summary>How many are on this machine.</summary>
    public virtual int LocalCount => Count;

    /// <summary>
    /// How many share this one's processor cores: those of this machine that may run where it does. An engine that binds ranks to cores
    /// gives each its own.
    /// </summary>
    public virtual int Sharing => LocalCount;

    /// <summary>Whether this is the one that tells of an error: the first that is still there.</summary>
    public virtual bool IsSpeaker => IsFirst;

    /// <summary>Whether this is the one that writes the run and tells what happens.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Whether there is no other.</summary>
    public bool IsAlone => Count == 1;

    /// <summary>Bytes that sums were made of so far, on this rank.</summary>
    public long SummedBytes { get; private set; }

    /// <summary>How long this rank has waited for sums so far: what the way down did not hide.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Begins to add a tensor up over all ranks, in place.</summary>
    /// <param name="values">Equally many numbers on each rank, of one type, without gaps; not to be touched until the sum is there.</param>
    /// <returns>Waits until the sum is there.</returns>
    public Action BeginSum_(Tensor values)
    {
        if (IsAlone)
        {
            return () => { };
        }

        if (!values.is_contiguous())
        {
            throw new InvalidOperationException("What adds up over ranks must lie in memory without gaps.");
        }

        // The engine adds in main memory.
        SummedBytes += values.numel() * values.element_size();
        var host = values.device_type == DeviceType.CPU ? values : values.cpu();
        var wait = Begin(host);
        return () =>
        {
            var from = Stopwatch.GetTimestamp();
            wait();
            Waited += Stopwatch.GetElapsedTime(from);
            if (!ReferenceEquals(host, values))
            {
                values.copy_(host);
            }
        };
    }

    /// <summary>Adds a tensor up over all ranks, in place.</summary>
    /// <param name="values">As in <see cref="BeginSum_"/>.</param>
    public void Sum_(Tensor values) => BeginSum_(values)();

    /// <summary>Adds numbers up over all ranks, in place.</summary>
    public void Sum_(double[] numbers)
    {
        if (IsAlone)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var sums = tensor(numbers);
        Sum_(sums);
        sums.data<double>().CopyTo(numbers);
    }

    /// <summary>Whether anybody says yes: what one decides, all do at the same step.</summary>
    /// <param name="mine">What this one says.</param>
    public bool Any(bool mine)
    {
        if (IsAlone)
        {
            return mine;
        }

        double[] said = [mine ? 1 : 0];
        Sum_(said);
        return said[0] > 0;
    }

    /// <summary>Sends bytes from one rank to all, in place.</summary>
    /// <param name="bytes">What is sent, or where it goes: equally many on each.</param>
    /// <param name="from">Who sends.</param>
    public abstract void Send_(Span<byte> bytes, int from);

    /// <summary>Sends the numbers of a tensor from the first rank to all, in place, wherever it lies.</summary>
    /// <param name="values">Without gaps.</param>
    public void Send_(Tensor values)
    {
        if (IsAlone)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var host = values.cpu().contiguous();
        Send_(host.bytes, 0);
        if (!IsFirst)
        {
            values.copy_(host);
        }
    }

    /// <summary>What everybody says, in the order of ranks.</summary>
    /// <param name="mine">What this one says.</param>
    public IReadOnlyList<string> Gather(string mine)
    {
        var said = new string[Count];
        for (var rank = 0; rank < Count; rank++)
        {
            var text = rank == Rank ? Encoding.UTF8.GetBytes(mine) : [];
            int[] length = [text.Length];
            Send_(MemoryMarshal.AsBytes(length.AsSpan()), rank);
            text = rank == Rank ? text : new byte[length[0]];
            Send_(text, rank);
            said[rank] = Encoding.UTF8.GetString(text);
        }

        return said;
    }

    /// <summary>
    /// Does something that may fail or be stopped on some ranks and not on others. If it failed anywhere, all have the same error; if it was
    /// stopped anywhere, all are.
    /// </summary>
    /// <param name="action">What each does; it asks nothing of the others.</param>
    /// <exception cref="GaitPropException">It failed: why, and on which ranks if not on all.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public T Together<T>(Func<T> action)
    {
        if (IsAlone)
        {
            return action();
        }

        var (result, error) = (default(T), "");
        Exception? cause = null;
        try
        {
            result = action();
        }
        catch (GaitPropException e)
        {
            (cause, error) = (e, e.Message);
        }
        catch (OperationCanceledException e)
        {
            (cause, error) = (e, Stopped);
        }

        var errors = Gather(error);
        if (errors.All(e => e.Length == 0))
        {
            return result!;
        }

        (result as IDisposable)?.Dispose();
        if (errors.All(e => e is "" or Stopped))
        {
            throw new OperationCanceledException("A rank was stopped, and so all are.", cause);
        }

        errors = [.. errors.Select(e => e == Stopped ? "" : e)];
        var (which, what) = errors.Index().First(e => e.Item.Length > 0);
        throw new GaitPropException(errors.All(e => e == what) ? what : $"{Name(which)}: {what}", cause);
    }

    /// <summary>What a rank is called in an error: its number, and where it runs.</summary>
    /// <param name="rank">From 0.</param>
    public virtual string Name(int rank) => Text($"rank {rank}");

    /// <summary>Ends all ranks at once, without a word; does not return where they are processes.</summary>
    public virtual void Abort() { }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins to add up what lies in main memory.</summary>
    /// <param name="values">Numbers without gaps.</param>
    /// <returns>Waits until the sum is there.</returns>
    protected abstract Action Begin(Tensor values);

    /// <summary>Leaves the others.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing) { }

    private sealed class OneRank : RankGroup
    {
        public override int Rank => 0;

        public override int Count => 1;

        public override void Send_(Span<byte> bytes, int from) { }

        protected override Action Begin(Tensor values) => () => { };
    }
}
