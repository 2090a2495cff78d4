using System.Globalization;
using System.Text;
using FSharp.Compiler.CodeAnalysis;
using FSharp.Compiler.Diagnostics;
using FSharp.Compiler.EditorServices;
using FSharp.Compiler.Interactive;
using FSharp.Compiler.Symbols;
using FSharp.Compiler.Tokenization;
using GaitProp.Notebook.CSharp;
using Microsoft.FSharp.Core;

namespace GaitProp.Notebook.FSharp;

/// <summary>F# Interactive in this process: what the cells of F# have become.</summary>
internal sealed class FSharpSession : IDisposable
{
    /// <summary>The name of the last value, which is no variable of the user's.</summary>
    private const string It = "it";

    private readonly Shell.FsiEvaluationSession _session;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _referenced = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A session; it takes seconds until it is there.</summary>
    /// <param name="references">Files of assemblies that cells use without saying so.</param>
    /// <param name="namespaces">Namespaces that are open.</param>
    public FSharpSession(IEnumerable<string> references, IEnumerable<string> namespaces)
    {
        _referenced.UnionWith(references);
        string[] words =
        [
            "fsi",
            "--nologo",
            "--quiet",
            "--gui-",
            "--readline-",
            "--noninteractive",
            "--targetprofile:netcore",
            "--usesdkrefs-",
            "--debug:portable",
            "--optimize+",
            "--nowarn:3370",
            .. _referenced.Select(r => $"-r:{r}"),
        ];
        _session = Shell.FsiEvaluationSession.Create(
            Shell.FsiEvaluationSession.GetDefaultConfiguration(),
            words,
            TextReader.Null,
            TextWriter.Null,
            TextWriter.Null,
            null,
            null
        );

        // In one piece, which takes a tenth of the time; one by one if F# does not know one of them.
        string[] opened = [.. namespaces.Select(n => $"open {n}")];
        if (_session.EvalInteractionNonThrowing(string.Join('\n', opened), "usings", null).Item2.Any(d => d.Severity.IsError))
        {
            foreach (var line in opened)
            {
                _session.EvalInteractionNonThrowing(line, "usings", null);
            }
        }
    }

    /// <summary>The variables, the last of each name.</summary>
    public IReadOnlyList<CellVariable> Variables =>
        [
            .. _session
                .GetBoundValues()
                .Where(v => v.Name != It)
                .Select(v => new CellVariable(v.Name, v.Value.ReflectionType, v.Value.ReflectionValue)),
        ];

    /// <summary>Lets the cells to come use more assemblies.</summary>
    /// <param name="files">Their files; those that are known already do no harm.</param>
    public void Reference(IEnumerable<string> files)
    {
        foreach (var file in files.Where(_referenced.Add))
        {
            _session.EvalInteractionNonThrowing($"#r @\"{file}\"", "references", null);
        }
    }

    /// <summary>Runs a text.</summary>
    /// <param name="code">F#.</param>
    /// <param name="file">Its name in errors and stack traces.</param>
    /// <param name="stop">Gives up while it is compiled.</param>
    /// <returns>Whether its last line is an expression with a value, and the value.</returns>
    /// <exception cref="FSharpErrors">It does not compile.</exception>
    public (bool HasValue, object? Value) Run(string code, string file, CancellationToken stop)
    {
        lock (_gate)
        {
            var (result, said) = _session.EvalInteractionNonThrowing(code, file, FSharpOption<CancellationToken>.Some(stop));
            switch (result)
            {
                case FSharpChoice<FSharpOption<Shell.FsiValue>, Exception>.Choice1Of2 { Item: { } value }:
                    return (value.Value.ReflectionType != typeof(Unit), value.Value.ReflectionValue);
                case FSharpChoice<FSharpOption<Shell.FsiValue>, Exception>.Choice2Of2 failed:
                    stop.ThrowIfCancellationRequested();
                    var errors = said.Where(d => d.Severity.IsError).ToArray();
                    if (errors.Length > 0)
                    {
                        throw new FSharpErrors([.. errors.Select(e => Error(e, code, file))]);
                    }

                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed.Item);
                    break;
            }

            return (false, null);
        }
    }

    /// <summary>Declares a variable: the object itself.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="type">The type that it has there.</param>
    public void Set(string name, object? value, string type)
    {
        var code = value is null
            ? $"let {name} : {type} = null"
            : $"let {name} = {typeof(HandedOver).FullName}.{nameof(HandedOver.Take)}({HandedOver.Give(value).ToString(CultureInfo.InvariantCulture)}) :?> {type}";
        Run(code, "variable", CancellationToken.None);
    }

    /// <summary>What could stand at a place.</summary>
    /// <param name="code">F#.</param>
    /// <param name="line">The line, from 0.</param>
    /// <param name="column">The column, from 0.</param>
    public IReadOnlyList<DeclarationListItem> Complete(string code, int line, int column)
    {
        if (Check(code) is not var (parsed, known))
        {
            return [];
        }

        var text = Line(code, line);
        var partial = QuickParse.GetPartialLongNameEx(text, column - 1);
        return known
            .GetDeclarationListInfo(FSharpOption<FSharpParseFileResults>.Some(parsed), line + 1, text, partial, null, null, null)
            .Items;
    }

    /// <summary>What stands at a place, in words; <see langword="null"/> if nothing is known of it.</summary>
    /// <param name="code">F#.</param>
    /// <param name="line">The line, from 0.</param>
    /// <param name="column">The column, from 0.</param>
    public string? Describe(string code, int line, int column)
    {
        var text = Line(code, line);
        if (
            QuickParse.GetCompleteIdentifierIsland(true, text, Math.Min(column, text.Length)) is not { } island
            || Check(code) is not var (_, known)
        )
        {
            return null;
        }

        var (name, end, _) = island.Value;
        var tip = known.GetToolTip(
            line + 1,
            end,
            text,
            Microsoft.FSharp.Collections.ListModule.OfSeq(name.Split('.')),
            FSharpTokenTag.Identifier,
            null
        );
        return Words(tip) is { Length: > 0 } words ? words : null;
    }

    /// <summary>A tooltip in words.</summary>
    /// <param name="tip">The tooltip.</param>
    public static string Words(ToolTipText tip)
    {
        var words = new StringBuilder();
        foreach (var element in tip.Item.OfType<ToolTipElement.Group>().SelectMany(g => g.elements))
        {
            words.AppendLine(string.Concat(element.MainDescription.Select(t => t.Text)));
            if (element.XmlDoc is FSharpXmlDoc.FromXmlText { Item: var doc })
            {
                words.AppendLine(string.Join(' ', doc.UnprocessedLines.Select(l => l.Trim())));
            }
        }

        return words.ToString().Trim();
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_session).Dispose();

    private static CompileError Error(FSharpDiagnostic said, string code, string file)
    {
        var line = Line(code, said.StartLine - 1);
        return new CompileError(
            said.ErrorNumberText,
            string.Join(' ', said.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            string.Create(CultureInfo.InvariantCulture, $"{file}, line {said.StartLine}, column {said.StartColumn + 1}"),
            line.TrimEnd(),
            SourceCaret.Under(line, said.StartColumn, (said.EndLine > said.StartLine ? line.Length : said.EndColumn) - said.StartColumn)
        );
    }

    private static string Line(string code, int line) =>
        code.Split('\n') is var lines && line < lines.Length ? lines[line].TrimEnd('\r') : "";

    /// <summary>The compiler's view of a text, if no cell runs in this language.</summary>
    private (FSharpParseFileResults Parsed, FSharpCheckFileResults Known)? Check(string code)
    {
        if (!_gate.TryEnter(TimeSpan.FromMilliseconds(200)))
        {
            return null;
        }

        try
        {
            var (parsed, known, _) = _session.ParseAndCheckInteraction(code, null);
            return (parsed, known);
        }
        finally
        {
            _gate.Exit();
        }
    }
}
