using System.Diagnostics;
using System.Text.Json;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Ranks;

/// <summary>
/// Ranks that an engine started, which add up over MPI. Who waits for the others looks now and then whether those on the same machine are
/// still there: not every engine ends the rest when one is killed.
/// </summary>
internal sealed class MpiRanks : RankGroup
{
    /// <summary>How long a wait takes all of the processor, and after how long it sleeps in between.</summary>
    private static readonly TimeSpan Spin = TimeSpan.FromMilliseconds(0.05),
        Sleep = TimeSpan.FromSeconds(0.2);

    /// <summary>How often a wait looks after the others. It is less than an engine takes to end the rest by force.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.2);

    private readonly MpiLibrary _library;
    private readonly LinkedList<Request> _underWay = new();
    private readonly Place[] _places;

    /// <summary>
    /// Whether more ranks share some cores than those can run at once. Then whoever waits sleeps soon: the rank that it waits for may need
    /// the core, and a system gives it little of one whose processes only ask for the next turn.
    /// </summary>
    private readonly bool _isCrowded;

    /// <summary>Joins the others; all of them do.</summary>
    /// <param name="library">The library, started.</param>
    public MpiRanks(MpiLibrary library)
    {
        _library = library;
        _places = [];
        _places =
        [
            .. Gather(JsonSerializer.Serialize(new Place(Environment.MachineName, Environment.ProcessId, Cores())))
                .Select(said => JsonSerializer.Deserialize<Place>(said)!),
        ];
        _isCrowded = Sharing > Environment.ProcessorCount;
    }

    /// <inheritdoc/>
    public override int Rank => _library.Rank;

    /// <inheritdoc/>
    public override int Count => _library.Count;

    /// <inheritdoc/>
    public override int LocalRank => _places.Take(Rank).Count(p => p.Host == Environment.MachineName);

    /// <inheritdoc/>
    public override int LocalCount => _places.Count(p => p.Host == Environment.MachineName);

    /// <inheritdoc/>
    public override int Sharing => _places.Count(p => (p.Host, p.Cores) == (_places[Rank].Host, _places[Rank].Cores));

    /// <inheritdoc/>
    public override bool IsSpeaker => Enumerable.Range(0, Rank).All(IsGone);

    /// <inheritdoc/>
    public override string Name(int rank) =>
        _places.Length == 0 ? base.Name(rank) : Text($"rank {rank} (process {_places[rank].Process} on {_places[rank].Host})");

    /// <inheritdoc/>
    public override unsafe void Send_(Span<byte> bytes, int from)
    {
        fixed (byte* address = bytes)
        {
            for (long sent = 0; sent < bytes.Length; sent += 1 << 30)
            {
                Wait(
                    _underWay.AddLast(
                        new Request(_library.BeginSend((nint)(address + sent), (int)Math.Min(bytes.Length - sent, 1 << 30), from))
                    )
                );
            }
        }
    }

    /// <inheritdoc/>
    public override void Abort() => _library.Abort();

    /// <inheritdoc/>
    protected override unsafe Action Begin(Tensor values)
    {
        // What was begun before goes on whenever something else is begun.
        for (var node = _underWay.First; node is not null; node = node.Next)
        {
            node.Value.Look(_library);
        }

        var address = values.dtype switch
        {
            ScalarType.Float32 => (nint)MemoryPass.Address<float>(values),
            ScalarType.Float64 => (nint)MemoryPass.Address<double>(values),
            _ => (nint)MemoryPass.Address<long>(values),
        };
        var request = _underWay.AddLast(new Request(_library.BeginSum(address, values.numel(), values.dtype)));
        return () =>
        {
            Wait(request);
            GC.KeepAlive(values);
        };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _library.Finish();
        }

        base.Dispose(disposing);
    }

    private void Wait(LinkedListNode<Request> request)
    {
        var watch = Stopwatch.StartNew();
        var looked = TimeSpan.Zero;
        while (!request.Value.Look(_library))
        {
            var waited = watch.Elapsed;
            if (waited - looked >= LookEvery)
            {
                looked = waited;
                LookAfterTheOthers();
            }

            if (waited >= (_isCrowded ? Spin : Sleep))
            {
                Thread.Sleep(1);
            }
            else if (waited >= Spin)
            {
                Thread.Yield();
            }
        }

        _underWay.Remove(request);
    }

    private void LookAfterTheOthers()
    {
        for (var rank = 0; rank < _places.Length; rank++)
        {
            if (IsGone(rank))
            {
                throw new GaitPropException(
                    $"{Name(rank)} has ended, and with it the run: go on from its last checkpoint with 'gaitprop runs resume', on as many ranks as you like."
                );
            }
        }
    }

    /// <summary>
    /// Whether a rank of this machine has ended; of another machine nobody can say. A process that ended and was not yet asked for is still
    /// in the list, as a zombie.
    /// </summary>
    private bool IsGone(int rank)
    {
        if (_places[rank].Host != Environment.MachineName)
        {
            return false;
        }

        try
        {
            var status = OperatingSystem.IsLinux() ? File.ReadAllText(Text($"/proc/{_places[rank].Process}/stat")) : "";
            return status.Length > 0 && status[(status.LastIndexOf(')') + 1)..].TrimStart() is ['Z' or 'X', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>The cores that this process may run on, in the system's words.</summary>
    private static string Cores() =>
        OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)) ?? ""
            : "";

    /// <summary>Where a rank runs.</summary>
    /// <param name="Host">The machine.</param>
    /// <param name="Process">The process there.</param>
    /// <param name="Cores">The cores that it may run on.</param>
    private sealed record Place(string Host, int Process, string Cores);

    /// <summary>Something that MPI was asked for.</summary>
    private sealed class Request(nint handle)
    {
        private nint _handle = handle;
        private bool _isDone;

        public bool Look(MpiLibrary library) => _isDone = _isDone || library.IsDone(ref _handle);
    }
}
