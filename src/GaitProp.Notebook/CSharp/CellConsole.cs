using System.Text;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp;

/// <summary>The console of user code: what is written goes to its cell, and what is read is asked of the user there.</summary>
internal static class CellConsole
{
    private static readonly Lock Gate = new();

    /// <summary>Those that were installed, as the console gives them back (it wraps them).</summary>
    private static readonly HashSet<object> Installed = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Puts it in the place of the process's console, unless it is there; without a cell the process's own is used as before. Libraries
    /// replace the console too, and put back what they found (.NET Interactive does so with every command), so this is done before every
    /// cell.
    /// </summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (!Installed.Contains(Console.Out))
            {
                Console.SetOut(new Writer(CellStream.Out, Console.Out));
                Installed.Add(Console.Out);
            }

            if (!Installed.Contains(Console.Error))
            {
                Console.SetError(new Writer(CellStream.Error, Console.Error));
                Installed.Add(Console.Error);
            }

            if (!Installed.Contains(Console.In))
            {
                Console.SetIn(new Reader(Console.In));
                Installed.Add(Console.In);
            }
        }
    }

    private sealed class Writer(CellStream stream, TextWriter without) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

        public override void WriteLine(string? value) => Write(value + Environment.NewLine);

        public override void Write(string? value)
        {
            if (string.IsNullOrEmpty(value))
            {
                return;
            }

            if (CellScope.Current is { } cell)
            {
                cell.Output.Write(stream, value);
            }
            else
            {
                without.Write(value);
            }
        }

        public override void Flush()
        {
            if (CellScope.Current is null)
            {
                without.Flush();
            }
        }
    }

    private sealed class Reader(TextReader without) : TextReader
    {
        private readonly Lock _gate = new();
        private CellScope? _cell;
        private string _rest = "";

        public override int Peek()
        {
            if (CellScope.Current is not { } cell)
            {
                return without.Peek();
            }

            lock (_gate)
            {
                return Rest(cell) is [var next, ..] ? next : -1;
            }
        }

        public override int Read()
        {
            if (CellScope.Current is not { } cell)
            {
                return without.Read();
            }

            lock (_gate)
            {
                if (Rest(cell) is [var next, .. var rest])
                {
                    _rest = rest;
                    return next;
                }
            }

            var line = Ask(cell) + "\n";
            lock (_gate)
            {
                _rest = Rest(cell) + line[1..];
            }

            return line[0];
        }

        public override string? ReadLine()
        {
            if (CellScope.Current is not { } cell)
            {
                return without.ReadLine();
            }

            lock (_gate)
            {
                if (Rest(cell) is { Length: > 0 } rest)
                {
                    var end = rest.IndexOf('\n', StringComparison.Ordinal);
                    _rest = rest[(end + 1)..];
                    return rest[..end];
                }
            }

            return Ask(cell);
        }

        private static string Ask(CellScope cell) => cell.Output.Input("", password: false, cell.Interrupt);

        /// <summary>What a cell has not read yet of what was typed for it; what was typed for another one is dropped.</summary>
        private string Rest(CellScope cell)
        {
            if (!ReferenceEquals(cell, _cell))
            {
                (_cell, _rest) = (cell, "");
            }

            return _rest;
        }
    }
}
