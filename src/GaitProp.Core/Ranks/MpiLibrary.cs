using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GaitProp.Ranks;

/// <summary>
/// The few functions of MPI that ranks need, from the library of the site. There is no one binary interface: what a handle is differs
/// between the families, so it is asked of the library. In Open MPI, 4 and 5 alike, handles are the addresses of symbols that the library
/// exports; in MPICH and its relatives (Intel MPI, MVAPICH, Cray) they are numbers that their common interface has fixed.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>MPI_THREAD_SERIALIZED: any thread calls, one at a time. The same in all families.</summary>
    private const int Serialized = 2;

    private readonly nint _library;
    private readonly nint _world,
        _sum,
        _bytes,
        _inPlace,
        _noStatus;
    private readonly Dictionary<ScalarType, nint> _types;
    private readonly delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int> _allReduce;
    private readonly delegate* unmanaged<nint, int, nint, int, nint, nint*, int> _broadcast;
    private readonly delegate* unmanaged<nint*, int*, nint, int> _test;

    private MpiLibrary(string name, nint library)
    {
        (Name, _library) = (name, library);
        IsOpenMpi = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _world);
        nint errorsReturn;
        if (IsOpenMpi)
        {
            (_sum, _bytes, errorsReturn) = (Export("ompi_mpi_op_sum"), Export("ompi_mpi_byte"), Export("ompi_mpi_errors_return"));
            _types = new()
            {
                [ScalarType.Float32] = Export("ompi_mpi_float"),
                [ScalarType.Float64] = Export("ompi_mpi_double"),
                [ScalarType.Int64] = Export("ompi_mpi_int64_t"),
            };
            (_inPlace, _noStatus) = (1, 0);
        }
        else
        {
            (_world, _sum, _bytes, errorsReturn) = (0x44000000, 0x58000003, 0x4c00010d, 0x54000001);
            _types = new()
            {
                [ScalarType.Float32] = 0x4c00040a,
                [ScalarType.Float64] = 0x4c00080b,
                [ScalarType.Int64] = 0x4c00083a,
            };
            (_inPlace, _noStatus) = (-1, 1);
        }

        _allReduce = (delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int>)Export("MPI_Iallreduce");
        _broadcast = (delegate* unmanaged<nint, int, nint, int, nint, nint*, int>)Export("MPI_Ibcast");
        _test = (delegate* unmanaged<nint*, int*, nint, int>)Export("MPI_Test");
        var provided = 0;
        Check("MPI_Init_thread", ((delegate* unmanaged<nint, nint, int, int*, int>)Export("MPI_Init_thread"))(0, 0, Serialized, &provided));
        if (provided < Serialized)
        {
            throw new GaitPropException(
                $"{name} was built without threads: .NET calls it from more than one, so ask for an MPI with MPI_THREAD_SERIALIZED."
            );
        }

        Check("MPI_Comm_set_errhandler", ((delegate* unmanaged<nint, nint, int>)Export("MPI_Comm_set_errhandler"))(_world, errorsReturn));
        int rank,
            count;
        Check("MPI_Comm_rank", ((delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank"))(_world, &rank));
        Check("MPI_Comm_size", ((delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size"))(_world, &count));
        (Rank, Count) = (rank, count);
    }

    /// <summary>The file that was found.</summary>
    public string Name { get; }

    /// <summary>Whether it is Open MPI, and not of MPICH's family.</summary>
    public bool IsOpenMpi { get; }

    /// <summary>This process's rank.</summary>
    public int Rank { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Loads and starts the first library that is there. A process can do that once.</summary>
    /// <param name="names">Names of files, the likeliest first.</param>
    /// <returns><see langword="null"/> if none is there.</returns>
    /// <exception cref="GaitPropException">It cannot be used.</exception>
    public static MpiLibrary? Start(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new MpiLibrary(name, library);
            }
        }

        return null;
    }

    /// <summary>Begins to add numbers up over all ranks, in place.</summary>
    /// <param name="address">Where they begin.</param>
    /// <param name="count">How many.</param>
    /// <param name="type">Of what type.</param>
    /// <returns>The request that <see cref="IsDone"/> asks about.</returns>
    public nint BeginSum(nint address, long count, ScalarType type)
    {
        nint request = 0;
        var kind = _types.TryGetValue(type, out var known)
            ? known
            : throw new InvalidOperationException($"Numbers of type {type} do not add up over ranks.");
        Check("MPI_Iallreduce", _allReduce(_inPlace, address, checked((int)count), kind, _sum, _world, &request));
        return request;
    }

    /// <summary>Begins to send bytes from one rank to all.</summary>
    /// <param name="address">Where they are, or go.</param>
    /// <param name="count">How many.</param>
    /// <param name="from">Who sends.</param>
    /// <returns>The request.</returns>
    public nint BeginSend(nint address, int count, int from)
    {
        nint request = 0;
        Check("MPI_Ibcast", _broadcast(address, count, _bytes, from, _world, &request));
        return request;
    }

    /// <summary>
    /// Whether a request is done. It goes on while it is asked: without a thread of its own, MPI works in its calls alone.
    /// </summary>
    /// <param name="request">The request; let go of once it is done.</param>
    public bool IsDone(ref nint request)
    {
        int done;
        fixed (nint* asked = &request)
        {
            Check("MPI_Test", _test(asked, &done, _noStatus));
        }

        return done != 0;
    }

    /// <summary>Ends in peace: all ranks do.</summary>
    public void Finish() => Check("MPI_Finalize", ((delegate* unmanaged<int>)Export("MPI_Finalize"))());

    /// <summary>Ends all ranks at once.</summary>
    public void Abort() => ((delegate* unmanaged<nint, int, int>)Export("MPI_Abort"))(_world, 1);

    private nint Export(string symbol) =>
        NativeLibrary.TryGetExport(_library, symbol, out var address)
            ? address
            : throw new GaitPropException(
                $"{Name} is no MPI that is known here: it has no {symbol}. Open MPI 4 or 5, MPICH 3.2 or newer, or one of its family will do."
            );

    private void Check(string function, int error)
    {
        if (error != 0)
        {
            throw new GaitPropException(
                Text($"{function} of {Name} failed with error {error}: a rank or the network between them was lost.")
            );
        }
    }
}
