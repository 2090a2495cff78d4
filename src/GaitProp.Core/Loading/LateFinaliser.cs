using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GaitProp.Loading;

/// <summary>
/// Gives libtorch time to read what the garbage collector has let go of. TorchSharp (0.107) hands libtorch the address behind a tensor or a
/// number and holds the object itself no longer: nothing does, then, in <c>(a / 255).sum()</c>. A collection that another thread asks for
/// at that moment has the finaliser free what libtorch is reading, and the process ends, or goes on with nonsense. A dispose scope holds
/// tensors, but not numbers, and a cell of a notebook needs none. So what a finaliser frees is freed two seconds later. What is disposed of
/// goes at once, as ever.
/// </summary>
/// <remarks>
/// The bridge's two functions that free begin with a jump to here, and their own beginnings are called in copies. Where they begin otherwise
/// than in the version that this was written for, and on other systems than Linux on x64, all stays as upstream has it.
/// </remarks>
internal static unsafe class LateFinaliser
{
    /// <summary>Milliseconds; longer than libtorch computes on most calls.</summary>
    private const long Delay = 2000;

    private static readonly Queue<(nint Address, bool IsTensor, long Since)> Waiting = [];
    private static readonly Timer Clock = new(_ => FreeDue());

    private static int s_finaliser;
    private static delegate* unmanaged<nint, void> s_freeTensor,
        s_freeNumber;

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
            || Beginning(tensor, TensorBegins) is not { } ofTensor
            || Beginning(number, NumberBegins) is not { } ofNumber
        )
        {
            return false;
        }

        s_freeTensor = (delegate* unmanaged<nint, void>)NativeCode.Place(ofTensor);
        s_freeNumber = (delegate* unmanaged<nint, void>)NativeCode.Place(ofNumber);
        if (s_freeTensor == null || s_freeNumber == null)
        {
            return false;
        }

        // What is left when the process ends, its memory takes along.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Clock.Dispose();
        MakeWitness();
        GC.Collect(0);
        GC.WaitForPendingFinalizers();
        delegate* unmanaged<nint, void> onTensor = &OnTensor,
            onNumber = &OnNumber;
        return s_finaliser != 0 && NativeCode.Redirect(tensor, (nint)onTensor) && NativeCode.Redirect(number, (nint)onNumber);
    }

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
    private static void OnTensor(nint address) => Free(address, isTensor: true);

    [UnmanagedCallersOnly]
    private static void OnNumber(nint address) => Free(address, isTensor: false);

    private static void Free(nint address, bool isTensor)
    {
        if (address == 0)
        {
            return;
        }

        if (Environment.CurrentManagedThreadId != s_finaliser)
        {
            FreeNow(address, isTensor);
            return;
        }

        lock (Waiting)
        {
            Waiting.Enqueue((address, isTensor, Environment.TickCount64));
            if (Waiting.Count == 1)
            {
                Clock.Change(Delay, Timeout.Infinite);
            }
        }

        FreeDue();
    }

    private static void FreeDue()
    {
        while (true)
        {
            (nint Address, bool IsTensor, long Since) first;
            lock (Waiting)
            {
                if (!Waiting.TryPeek(out first))
                {
                    return;
                }

                var left = first.Since + Delay - Environment.TickCount64;
                if (left > 0)
                {
                    Clock.Change(left, Timeout.Infinite);
                    return;
                }

                Waiting.Dequeue();
            }

            FreeNow(first.Address, first.IsTensor);
        }
    }

    private static void FreeNow(nint address, bool isTensor)
    {
        if (isTensor)
        {
            s_freeTensor(address);
        }
        else
        {
            s_freeNumber(address);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeWitness() => _ = new Witness();

    /// <summary>Tells which thread the finalisers run on.</summary>
    private sealed class Witness
    {
        ~Witness() => s_finaliser = Environment.CurrentManagedThreadId;
    }
}
