using System.Text.RegularExpressions;
using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Engine;

/// <summary>
/// A cell as the library is to read it. The library takes every line that begins with <c>#!</c>, <c>#r</c> or <c>#i</c> for a directive.
/// What is no directive, because it stands in a text or a comment of C#, or because C# deals with it itself (<c>#r</c>, <c>#i</c>), is
/// masked on its way through the library: a letter for a letter, so that every place stays where it is.
/// </summary>
internal sealed partial class CellText
{
    private readonly string _cell;
    private readonly List<(int Start, int End)> _csharp = [];
    private readonly List<(int Start, int End, string Name)> _directives = [];

    /// <summary>Reads a cell.</summary>
    /// <param name="cell">Its text.</param>
    /// <param name="isCSharp">Whether what follows a directive is C#; <see langword="null"/> if the directive is of no language, and leaves
    /// it as it is.</param>
    /// <param name="takesMask">Whether the language of a directive takes the mask off, and reads <c>#r</c> and <c>#i</c> itself; none
    /// beside C# does if <see langword="null"/>.</param>
    public CellText(string cell, Func<string, bool?> isCSharp, Func<string, bool>? takesMask = null)
    {
        _cell = cell;
        var masked = cell.ToCharArray();
        int? code = 0;
        var isMasked = true;
        foreach (Match line in Lines().Matches(cell))
        {
            var (hash, name) = (line.Groups["hash"].Index, line.Groups["name"].Value);
            if (
                code is { } from
                && (
                    !name.StartsWith("#!", StringComparison.Ordinal)
                    || name.Length == 2
                    || !char.IsLetter(name[2])
                    || CellSyntax.IsInside(cell[from..], hash - from)
                )
            )
            {
                masked[hash] = CellMask.Letter;
                continue;
            }

            // No letter follows in '#!/bin/sh', which is text where the mask is taken off again; the library's own languages would lose lines.
            var isText = isMasked && (name.Length == 2 || !char.IsLetter(name[2]));
            if (!name.StartsWith("#!", StringComparison.Ordinal) || isText)
            {
                if (isMasked)
                {
                    masked[hash] = CellMask.Letter;
                }

                continue;
            }

            var end = line.Index + line.Length;
            _directives.Add((hash, end, name));
            line.Value.TrimStart(' ', '\t')
                .TrimEnd('\r', '\n')
                .PadRight(line.Value.TrimEnd('\r', '\n').Length)
                .CopyTo(0, masked, line.Index, line.Value.TrimEnd('\r', '\n').Length);
            Close(line.Index);
            if (isCSharp(name) is { } csharp)
            {
                isMasked = csharp || takesMask?.Invoke(name) == true;
            }

            code = (isCSharp(name) ?? code is not null) ? end : null;
        }

        Close(cell.Length);
        Masked = new string(masked);

        void Close(int end)
        {
            if (code is { } begun && begun < end)
            {
                _csharp.Add((begun, end));
            }
        }
    }

    /// <summary>The cell for the library.</summary>
    public string Masked { get; }

    /// <summary>
    /// The cell for the library, to be run: words in braces, which it would take for JSON, are quoted in the lines of directives.
    /// </summary>
    public string Submitted =>
        _directives.Count == 0
            ? Masked
            : Lines()
                .Replace(
                    Masked,
                    line =>
                        line.Groups["name"].Value.StartsWith("#!", StringComparison.Ordinal)
                            ? Braces().Replace(line.Value, "\"$0\"")
                            : line.Value
                );

    /// <summary>The names of its directives, in order, with <c>#!</c>.</summary>
    public IEnumerable<string> Directives => _directives.Select(d => d.Name);

    /// <summary>The directive whose line a position is in: where it begins, where its line ends, and its name.</summary>
    /// <param name="position">A position in the cell.</param>
    public (int Start, int End, string Name)? DirectiveAt(int position) =>
        _directives
            .Where(d => d.Start < position && position <= d.Start + _cell[d.Start..d.End].TrimEnd('\r', '\n').Length)
            .Cast<(int, int, string)?>()
            .FirstOrDefault();

    /// <summary>
    /// The C# of the cell up to the end of the part that a position is in, with blanks in the place of everything else;
    /// <see langword="null"/> if the position is not in C#.
    /// </summary>
    /// <param name="position">A position in the cell.</param>
    public string? CSharpAt(int position)
    {
        // Behind a directive at the end of a cell its language begins, also where nothing stands yet.
        if (_csharp.Where(p => p.Start <= position && position <= p.End).Select(p => (int?)p.End).FirstOrDefault() is not { } end)
        {
            return _cell.Length == 0 ? "" : null;
        }

        var text = CellSyntax.Blank(_cell[..end], 0, end).ToCharArray();
        foreach (var (start, stop) in _csharp.Where(p => p.End <= end))
        {
            _cell.CopyTo(start, text, start, stop - start);
        }

        return new string(text);
    }

    [GeneratedRegex("""(?<=\s)\{\s*[A-Za-z_][A-Za-z0-9_]*\s*\}(?=\s|$)""")]
    private static partial Regex Braces();

    [GeneratedRegex("""^[ \t]*(?<name>(?<hash>#)(?:![^\s]*|[ri](?=[ \t]*")))[^\r\n]*(\r\n|\n|\r|\z)""", RegexOptions.Multiline)]
    private static partial Regex Lines();
}
