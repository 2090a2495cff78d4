using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GaitProp.Loading;

/// <summary>
/// Gives libtorch time to read what the garbage collector has let go of. TorchSharp (0.107) hands libtorch the address behind a tensor or a
/// number and holds the object itself no longer: nothing does, then, in <c>(a / 255).sum()</c>. A collection that another thread asks for
/// at that moment has the finaliser free what libtorch is reading, and the process ends, or goes on with nonsense. A dispose scope holds
/// tensors, but not numbers, and a cell of a notebook needs none. So what a finaliser frees is freed two seconds later, or when 256 MB
/// wait. What is disposed of goes at once, as ever.
/// </summary>
/// <remarks>
/// The bridge's two functions that free begin with a jump to here, and their own beginnings are called in copies. Where they begin
/// otherwise than in the version that this was written for, and on other systems than Linux on x64, all stays as upstream has it.
/// </remarks>
internal static unsafe class LateFinaliser
{
    /// <summary>
    /// Bytes of tensors that may wait; beyond them the oldest go at once, views counted like the tensors that they look at.
    /// </summary>
    private const long MostBytes = 256 << 20;

    /// <summary>Milliseconds; longer than libtorch computes on most calls. Tests set another.</summary>
    public static long Delay { get; set; } = 2000;

    private static readonly Queue<(nint Address, long Bytes, long Since)> Waiting = [];
    private static readonly Lock Freeing = new();
    private static readonly Timer Clock = new(_ => FreeDue());

    private static long s_bytes;
    private static bool s_ended;
    private static int s_finaliser;
    private static delegate* unmanaged<nint, void> s_freeTensor,
        s_freeNumber;
    private static delegate* unmanaged<nint, long> s_count,
        s_size;

    /// <summary>Tensors and numbers that a finaliser has given up and that are not freed yet.</summary>
    public static int Count
    {
        get
        {
            lock (Waiting)
            {
                return Waiting.Count;
            }
        }
    }

    /// <summary>Delays what finalisers free through a bridge library.</summary>
    /// <param name="library">The handle of the library.</param>
    /// <returns>Whether it does: on this system, and with this version of the bridge.</returns>
    public static bool Delays(nint library)
    {
        if (
            !NativeCode.IsPossible
            || !NativeLibrary.TryGetExport(library, "THSTensor_dispose", out var tensor)
            || !NativeLibrary.TryGetExport(library, "THSTorch_dispose_scalar", out var number)
            || !NativeLibrary.TryGetExport(library, "THSTensor_numel", out var count)
            || !NativeLibrary.TryGetExport(library, "THSTensor_element_size", out var size)
            || Beginning(tensor, TensorBegins) is not { } ofTensor
            || Beginning(number, NumberBegins) is not { } ofNumber
            || NativeCode.Place(ofTensor) is not (not 0 and var freeTensor)
            || NativeCode.Place(ofNumber) is not (not 0 and var freeNumber)
            || Witness.Thread() is not { } finaliser
        )
        {
            return false;
        }

        s_freeTensor = (delegate* unmanaged<nint, void>)freeTensor;
        s_freeNumber = (delegate* unmanaged<nint, void>)freeNumber;
        s_count = (delegate* unmanaged<nint, long>)count;
        s_size = (delegate* unmanaged<nint, long>)size;
        s_finaliser = finaliser;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
        delegate* unmanaged<nint, void> onTensor = &OnTensor,
            onNumber = &OnNumber;
        return NativeCode.Redirect(tensor, (nint)onTensor) && NativeCode.Redirect(number, (nint)onNumber);
    }

    /// <summary>
    /// Frees what waits, for whoever has just collected and wants the memory: libtorch must not be reading what was let go of.
    /// </summary>
    public static void FreeAll() => Free(due: _ => true);

    // test rdi, rdi; je end; mov rax, [rdi]; cmp rax, [rip + distance]
    private static readonly int[] TensorBegins = [0x48, 0x85, 0xff, 0x74, Any, 0x48, 0x8b, 0x07, 0x48, 0x3b, 0x05, Any, Any, Any, Any];

    // test rdi, rdi; je end; mov eax, [rdi]; add eax, -5; cmp eax, 2
    private static readonly int[] NumberBegins = [0x48, 0x85, 0xff, 0x74, Any, 0x8b, 0x07, 0x83, 0xc0, 0xfb, 0x83, 0xf8, 0x02];

    private const int Any = -1;

    /// <summary>The test for nothing, which both functions begin with; here is never nothing.</summary>
    private const int TestLength = 5;

    /// <summary>
    /// A copy of what a jump covers, which goes on with the rest of the function; <see langword="null"/> where it begins otherwise.
    /// </summary>
    private static byte[]? Beginning(nint function, int[] expected)
    {
        var bytes = new ReadOnlySpan<byte>((void*)function, expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i] != Any && expected[i] != bytes[i])
            {
                return null;
            }
        }

        var rest = function + expected.Length;

        // movabs r11, rest; jmp r11
        byte[] goOn = [0x49, 0xbb, .. BitConverter.GetBytes((long)rest), 0x41, 0xff, 0xe3];
        return expected == NumberBegins
            ? [.. bytes[TestLength..], .. goOn]
            :
            [
                // mov rax, [rdi]; movabs r11, address; cmp rax, [r11]
                .. bytes[TestLength..8],
                0x49,
                0xbb,
                .. BitConverter.GetBytes((long)rest + BitConverter.ToInt32(bytes[11..])),
                0x49,
                0x3b,
                0x03,
                .. goOn,
            ];
    }

    [UnmanagedCallersOnly]
    private static void OnTensor(nint address)
    {
        if (address != 0 && Environment.CurrentManagedThreadId == s_finaliser)
        {
            Wait(address, s_count(address) * s_size(address));
        }
        else if (address != 0)
        {
            s_freeTensor(address);
        }
    }

    [UnmanagedCallersOnly]
    private static void OnNumber(nint address)
    {
        if (address != 0 && Environment.CurrentManagedThreadId == s_finaliser)
        {
            Wait(address, Number);
        }
        else if (address != 0)
        {
            s_freeNumber(address);
        }
    }

    /// <summary>In place of bytes: what waits is a number.</summary>
    private const long Number = -1;

    private static void Wait(nint address, long bytes)
    {
        lock (Waiting)
        {
            Waiting.Enqueue((address, bytes, Environment.TickCount64));
            s_bytes += Math.Max(bytes, 0);
            if (Waiting.Count == 1)
            {
                Clock.Change(Delay, Timeout.Infinite);
            }
        }

        FreeDue();
    }

    private static void FreeDue()
    {
        Free(first => s_bytes > MostBytes || Environment.TickCount64 - first >= Delay);
        lock (Waiting)
        {
            if (Waiting.TryPeek(out var first))
            {
                Clock.Change(Math.Max(first.Since + Delay - Environment.TickCount64, 1), Timeout.Infinite);
            }
        }
    }

    /// <summary>
    /// Frees the oldest as long as they are due by the time that they have waited since. Whoever finds another at it leaves it to that one.
    /// </summary>
    private static void Free(Func<long, bool> due)
    {
        if (!Freeing.TryEnter())
        {
            return;
        }

        try
        {
            while (!s_ended && Next(due) is var (address, bytes))
            {
                if (bytes == Number)
                {
                    s_freeNumber(address);
                }
                else
                {
                    s_freeTensor(address);
                }
            }
        }
        finally
        {
            Freeing.Exit();
        }
    }

    private static (nint Address, long Bytes)? Next(Func<long, bool> due)
    {
        lock (Waiting)
        {
            if (!Waiting.TryPeek(out var first) || !due(first.Since))
            {
                return null;
            }

            Waiting.Dequeue();
            s_bytes -= Math.Max(first.Bytes, 0);
            return (first.Address, first.Bytes);
        }
    }

    /// <summary>What is left when the process ends, its memory takes along: libtorch may be unloading then.</summary>
    private static void End()
    {
        s_ended = true;
        if (Freeing.TryEnter(TimeSpan.FromSeconds(1)))
        {
            Freeing.Exit();
        }
    }

    /// <summary>Tells which thread finalisers run on.</summary>
    private sealed class Witness(ManualResetEventSlim seen, int[] thread)
    {
        ~Witness()
        {
            thread[0] = Environment.CurrentManagedThreadId;
            seen.Set();
        }

        /// <summary>The number of the finalisers' thread; <see langword="null"/> where none comes.</summary>
        public static int? Thread()
        {
            // (Not disposed of: a finaliser that comes too late still sets it.)
            var (seen, thread) = (new ManualResetEventSlim(), new int[1]);
            Make(seen, thread);
            GC.Collect();
            return seen.Wait(TimeSpan.FromSeconds(2)) ? thread[0] : null;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Make(ManualResetEventSlim seen, int[] thread) => _ = new Witness(seen, thread);
    }
}
