using System.Runtime.InteropServices;

namespace GaitProp.Loading;

/// <summary>Machine code that is written while the program runs. Linux on x64 only.</summary>
internal static unsafe partial class NativeCode
{
    private const int ReadWriteExecute = 7;
    private const int ReadExecute = 5;

    /// <summary>Whether this system is one that the code is written for.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Turns the beginning of a function, which nobody may be in, into a jump.</summary>
    /// <param name="function">The function; at least 12 bytes of it, a jump's length, are its own.</param>
    /// <param name="target">Where it jumps to, with the arguments as they came.</param>
    /// <returns>Whether the system allowed it.</returns>
    public static bool Redirect(nint function, nint target) =>
        Write(function, [0x48, 0xb8, .. BitConverter.GetBytes((long)target), 0xff, 0xe0]);

    /// <summary>Puts code into memory of its own, for the life of the process.</summary>
    /// <returns>Where it begins; 0 if the system did not allow it.</returns>
    public static nint Place(ReadOnlySpan<byte> code)
    {
        var page = (nint)NativeMemory.AlignedAlloc((nuint)Environment.SystemPageSize, (nuint)Environment.SystemPageSize);
        return Write(page, code) ? page : 0;
    }

    private static bool Write(nint place, ReadOnlySpan<byte> code)
    {
        var page = place & ~((nint)Environment.SystemPageSize - 1);
        var length = (nuint)(place + code.Length - page);
        if (Protect(page, length, ReadWriteExecute) != 0)
        {
            return false;
        }

        code.CopyTo(new Span<byte>((void*)place, code.Length));
        _ = Protect(page, length, ReadExecute);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int access);
}
