namespace GaitProp.Notebook.Cells;

/// <summary>The two streams of text of a cell.</summary>
internal enum CellStream
{
    /// <summary>Standard output.</summary>
    Out,

    /// <summary>Standard error.</summary>
    Error,
}

/// <summary>Where what a cell makes goes while it runs. Any thread may call it; what comes first is shown first.</summary>
internal interface ICellOutput
{
    /// <summary>Text of a stream, as it was written: pieces, not lines.</summary>
    /// <param name="stream">Which one.</param>
    /// <param name="text">The text.</param>
    void Write(CellStream stream, string text);

    /// <summary>Counts text that was left out before it came here.</summary>
    /// <param name="bytes">How much.</param>
    void LeftOut(long bytes) { }

    /// <summary>Shows something.</summary>
    /// <param name="bundle">Its forms.</param>
    /// <param name="displayId">Names it, so that <see cref="Update"/> can replace it; not replaceable if <see langword="null"/>.</param>
    void Display(MimeBundle bundle, string? displayId = null);

    /// <summary>Replaces what was shown under a name, in this cell or an earlier one.</summary>
    /// <param name="displayId">The name.</param>
    /// <param name="bundle">The new forms.</param>
    void Update(string displayId, MimeBundle bundle);

    /// <summary>Clears what the cell has shown.</summary>
    /// <param name="wait">Only when the next output comes, so that nothing flickers.</param>
    void Clear(bool wait);

    /// <summary>Shows the value of the cell's last expression.</summary>
    /// <param name="bundle">Its forms.</param>
    void Result(MimeBundle bundle);

    /// <summary>Asks the user for a line.</summary>
    /// <param name="prompt">What to ask.</param>
    /// <param name="password">Whether the answer stays hidden.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="CellException">The front end takes no input.</exception>
    string Input(string prompt, bool password, CancellationToken cancellation);
}
