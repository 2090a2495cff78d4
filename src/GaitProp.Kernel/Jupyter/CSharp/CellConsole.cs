using System.Text;
using GaitProp.Kernel.Jupyter.Cells;

namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>The console of user code: what is written goes to the cell that runs, or to the last one.</summary>
internal static class CellConsole
{
    private static readonly AsyncLocal<ICellOutput?> Own = new();
    private static readonly Lock Gate = new();
    private static ICellOutput? s_last;
    private static bool s_installed;

    /// <summary>The cell that this thread works for, or the last one that ran.</summary>
    public static ICellOutput? Current => Own.Value ?? s_last;

    /// <summary>From here on this thread, and what it starts, works for a cell.</summary>
    /// <param name="output">The cell's output.</param>
    public static void Enter(ICellOutput output)
    {
        lock (Gate)
        {
            if (!s_installed)
            {
                Console.SetOut(new Writer(CellStream.Out, Console.Out));
                Console.SetError(new Writer(CellStream.Error, Console.Error));
                s_installed = true;
            }
        }

        s_last = output;
        Own.Value = output;
    }

    private sealed class Writer(CellStream stream, TextWriter without) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(string? value)
        {
            if (Current is { } cell)
            {
                cell.Write(stream, value ?? "");
            }
            else
            {
                without.Write(value);
            }
        }
    }
}
