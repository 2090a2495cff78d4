namespace GaitProp.Notebook.Cells;

/// <summary>A <c>#!word</c> at the beginning of a cell's line.</summary>
internal interface IMagic
{
    /// <summary>Its words, with <c>#!</c>; the first is its name, the others are short for it.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What it does, in a sentence.</summary>
    string Description { get; }

    /// <summary>A line that uses it.</summary>
    string Example { get; }

    /// <summary>Whether the lines below it, up to the next magic that takes lines, are its own (HTML, say); otherwise they go on in the language before it.</summary>
    bool TakesBody { get; }

    /// <summary>Does it.</summary>
    /// <param name="call">The words and where its output goes.</param>
    /// <param name="interrupt">The stop button.</param>
    /// <exception cref="CellException">It cannot be done; the message says why.</exception>
    Task RunAsync(MagicCall call, CancellationToken interrupt);

    /// <summary>What could stand at a position of its words.</summary>
    /// <param name="arguments">What follows its name on the line.</param>
    /// <param name="position">The caret in it.</param>
    CellCompletion Complete(string arguments, int position);

    /// <summary>What stands at a position of its words, or <see langword="null"/>.</summary>
    /// <param name="arguments">What follows its name on the line.</param>
    /// <param name="position">The caret in it.</param>
    MimeBundle? Inspect(string arguments, int position);
}

/// <summary>A use of a magic.</summary>
/// <param name="Arguments">What follows its name on the line.</param>
/// <param name="Body">The lines that are its own; empty for one that takes none.</param>
/// <param name="Output">Where its output goes.</param>
/// <param name="Variables">The C# variables of the notebook.</param>
internal sealed record MagicCall(string Arguments, string Body, ICellOutput Output, ICellVariables Variables);

/// <summary>The C# variables that live across cells.</summary>
internal interface ICellVariables
{
    /// <summary>The names of all of them.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The value of one of them now.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    object? Value(string name);

    /// <summary>Declares a variable, or declares it again with another type.</summary>
    /// <param name="name">A C# identifier.</param>
    /// <param name="value">Its value; its type, or the nearest public one, becomes the variable's.</param>
    /// <exception cref="CellException"><paramref name="name"/> is not an identifier.</exception>
    void Set(string name, object value);
}

/// <summary>A variable of the notebook.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its declared type.</param>
/// <param name="Value">Its value now.</param>
internal sealed record CellVariable(string Name, Type Type, object? Value);
