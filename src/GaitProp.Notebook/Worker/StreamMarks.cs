using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// Marks in the worker's standard output and error, behind the last byte of each cell: the server shows what native code printed before it
/// answers for the cell. The mark is a line that nobody prints by chance.
/// </summary>
internal static partial class StreamMarks
{
    /// <summary>The mark of a cell.</summary>
    /// <param name="word">A word that only the server and its worker know.</param>
    /// <param name="cell">The cell.</param>
    public static byte[] Of(string word, long cell) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\0{word}:{cell}\0"));

    /// <summary>Writes the mark of a cell into both streams, behind what C code has left in its buffer.</summary>
    /// <param name="word">The word.</param>
    /// <param name="cell">The cell.</param>
    public static void Write(string word, long cell)
    {
        FlushC();
        foreach (var open in new Func<Stream>[] { Console.OpenStandardOutput, Console.OpenStandardError })
        {
            try
            {
                using var stream = open();
                stream.Write(Of(word, cell));
                stream.Flush();
            }
            catch (IOException)
            {
                // The cell has closed the stream; the server does not wait for long.
            }
        }
    }

    /// <summary>
    /// Empties the buffer of C's <c>stdout</c>, which is only full of what native code printed. Windows' C libraries have one each.
    /// </summary>
    private static unsafe void FlushC()
    {
        if (
            !OperatingSystem.IsWindows()
            && NativeLibrary.TryLoad(OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6", out var library)
            && NativeLibrary.TryGetExport(library, OperatingSystem.IsMacOS() ? "__stdoutp" : "stdout", out var stdout)
        )
        {
            _ = Flush(*(nint*)stdout);
        }
    }

    [LibraryImport("libc", EntryPoint = "fflush")]
    private static partial int Flush(nint stream);
}
