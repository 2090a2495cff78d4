using System.Text;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Notebooks;

/// <summary>
/// The text of a stream as it stands at the end: a line that was written over by a carriage return, and what was taken back by backspaces,
/// are gone.
/// </summary>
internal sealed class StreamText
{
    /// <summary>Characters of one stream that a file keeps; a loop that prints forever must not fill the disk.</summary>
    public const int Most = 4 * 1024 * 1024;

    private readonly StringBuilder _text = new();
    private bool _full;

    /// <summary>Bytes of UTF-8 that are left out.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Adds a piece.</summary>
    public void Append(string piece)
    {
        if (_full)
        {
            LeftOut += Encoding.UTF8.GetByteCount(piece);
            return;
        }

        _text.Append(piece);
        if (_text.Length > Most)
        {
            var settled = Settled();
            var kept = CutText.Start(settled, Most);
            _text.Clear().Append(kept);
            _full = settled.Length > Most;
            LeftOut = Encoding.UTF8.GetByteCount(settled.AsSpan(kept.Length));
        }
    }

    /// <summary>The text.</summary>
    public override string ToString() =>
        _full ? $"{_text}\n… the rest is left out: a notebook keeps the first {Most / (1024 * 1024)} MB of a stream.\n" : Settled();

    private string Settled()
    {
        var settled = new StringBuilder(_text.Length);
        var line = 0;
        var returned = false;
        foreach (var c in _text.ToString())
        {
            if (returned && c is not ('\n' or '\r'))
            {
                settled.Length = line;
            }

            returned = c == '\r';
            switch (c)
            {
                case '\r':
                    break;
                case '\b':
                    settled.Length -= settled.Length > line ? 1 : 0;
                    break;
                default:
                    settled.Append(c);
                    line = c == '\n' ? settled.Length : line;
                    break;
            }
        }

        if (returned)
        {
            // What comes next will write over the line.
            settled.Append('\r');
        }

        return settled.ToString();
    }
}
