using System.Text;
using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.CellCommands;

/// <summary>A stream of a cell as a writer. It can hold the last line back, for whoever wants to say it in another way.</summary>
internal sealed class CellWriter(ICellOutput output, CellStream stream, bool holdsLastLine = false) : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _held = new();

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        lock (_gate)
        {
            if (!holdsLastLine)
            {
                output.Write(stream, value);
                return;
            }

            _held.Append(value);
            var all = _held.ToString();
            var end = all.AsSpan().TrimEnd('\n').LastIndexOf('\n') + 1;
            if (end > 0)
            {
                output.Write(stream, all[..end]);
                _held.Remove(0, end);
            }
        }
    }

    /// <summary>The line that was held back; it is gone then.</summary>
    public string TakeHeld()
    {
        lock (_gate)
        {
            var held = _held.ToString();
            _held.Clear();
            return held;
        }
    }
}
