using System.Text;

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

    /// <summary>What stands at the end of a text that was written in one piece.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        var stream = new StreamText();
        stream.Append(text);
        return stream.ToString();
    }

    /// <summary>Adds a piece.</summary>
    public void Append(string piece)
    {
        if (_full)
        {
            return;
        }

        _text.Append(piece);
        if (_text.Length > Most)
        {
            var settled = Settled();
            _text.Clear().Append(settled);
            _full = _text.Length > Most;
        }
    }

    /// <summary>The text.</summary>
    public override string ToString() =>
        _full
            ? $"{_text.ToString(0, Most)}\n… the rest is left out: a notebook keeps the first {Most / (1024 * 1024)} MB of a stream.\n"
            : Settled();

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
