using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace GaitProp.Notebook.Diagrams;

/// <summary>
/// Reads a flowchart in Mermaid's words: <c>flowchart TD</c>, nodes in all brackets, links with labels, <c>&amp;</c>, <c>subgraph</c>. What
/// says only how things look is passed over.
/// </summary>
internal sealed partial class FlowchartReader
{
    /// <summary>A diagram that would take long to lay out is no figure of a notebook.</summary>
    private const int MostNodes = 500;
    private const int MostLinks = 2000;

    /// <summary>What brackets mean; longer ones come first.</summary>
    private static readonly (string Open, string Close, FlowShape Shape)[] Brackets =
    [
        ("(((", ")))", FlowShape.DoubleCircle),
        ("([", "])", FlowShape.Stadium),
        ("((", "))", FlowShape.Circle),
        ("[[", "]]", FlowShape.Subroutine),
        ("[(", ")]", FlowShape.Cylinder),
        ("{{", "}}", FlowShape.Hexagon),
        ("[/", "/]", FlowShape.LeansRight),
        ("[/", "\\]", FlowShape.Trapezoid),
        ("[\\", "\\]", FlowShape.LeansLeft),
        ("[\\", "/]", FlowShape.TrapezoidUpsideDown),
        ("[", "]", FlowShape.Box),
        ("(", ")", FlowShape.Round),
        ("{", "}", FlowShape.Diamond),
        (">", "]", FlowShape.Flag),
    ];

    private readonly List<FlowNode> _nodes = [];
    private readonly Dictionary<string, int> _places = [];
    private readonly List<FlowLink> _links = [];
    private readonly List<FlowGroup> _groups = [];
    private readonly Stack<int> _open = new();
    private string _line = "";
    private int _number;
    private int _at;

    private FlowchartReader() { }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="DiagramException">It is no flowchart, or one line cannot be read.</exception>
    public static Flowchart Read(string text) =>
        new FlowchartReader().All(
            FrontMatter().Replace(text.ReplaceLineEndings("\n"), m => new string('\n', m.Value.Count(c => c == '\n')))
        );

    private Flowchart All(string text)
    {
        Flow? flow = null;
        foreach (var (index, line) in text.Split('\n').Index())
        {
            _number = index + 1;
            foreach (var statement in Statements(line))
            {
                if (flow is not null)
                {
                    Statement(statement);
                }
                else if (Head().Match(statement) is { Success: true } head)
                {
                    flow = head.Groups["way"].Value switch
                    {
                        "LR" => Flow.Right,
                        "RL" => Flow.Left,
                        "BT" => Flow.Up,
                        _ => Flow.Down,
                    };
                    if (head.Groups["rest"].Value.Trim() is { Length: > 0 } rest)
                    {
                        Statement(rest);
                    }
                }
                else
                {
                    throw new DiagramException(
                        $"it begins with '{statement.Split(' ')[0]}', and only flowcharts are drawn here ('flowchart TD', 'graph LR')"
                    );
                }
            }
        }

        if (_open.Count > 0)
        {
            throw new DiagramException($"the subgraph '{_groups[_open.Peek()].Text}' has no 'end'");
        }

        return flow is null || _nodes.Count == 0
            ? throw new DiagramException("it has no nodes")
            : new Flowchart(flow.Value, _nodes, _links, _groups);
    }

    /// <summary>The statements of a line: a semicolon ends one, unless it stands in brackets or quotes.</summary>
    private static IEnumerable<string> Statements(string line) =>
        StatementEnds().Split(Comment().Replace(line, "")).Select(s => s.Trim()).Where(s => s.Length > 0);

    private void Statement(string statement)
    {
        if (Passed().IsMatch(statement))
        {
            return;
        }

        if (statement == "end")
        {
            if (!_open.TryPop(out _))
            {
                throw Wrong("'end' without a subgraph");
            }

            return;
        }

        if (Subgraph().Match(statement) is { Success: true } group)
        {
            var title = group.Groups["title"] is { Success: true } titled ? titled.Value : group.Groups["id"].Value;
            _groups.Add(new FlowGroup(Words(title), _open.TryPeek(out var outer) ? outer : -1));
            _open.Push(_groups.Count - 1);
            return;
        }

        (_line, _at) = (statement, 0);
        var from = Nodes();
        while (Link() is { } link)
        {
            var to = Nodes();
            foreach (var (a, b) in from.SelectMany(a => to.Select(b => (a, b))))
            {
                _links.Add(link with { From = a, To = b });
            }

            from = to;
        }

        Skip();
        if (_at < _line.Length)
        {
            throw Wrong($"'{_line[_at..]}' is not understood");
        }

        if (_nodes.Count > MostNodes || _links.Count > MostLinks)
        {
            throw new DiagramException(
                string.Create(CultureInfo.InvariantCulture, $"it has more than {MostNodes} nodes or {MostLinks} links")
            );
        }
    }

    private List<int> Nodes()
    {
        var nodes = new List<int> { Node() };
        for (Skip(); _at < _line.Length && _line[_at] == '&'; Skip())
        {
            _at++;
            nodes.Add(Node());
        }

        return nodes;
    }

    private int Node()
    {
        Skip();
        if (Id().Match(_line, _at) is not { Success: true } id)
        {
            throw Wrong(_at < _line.Length ? $"a node is expected at '{_line[_at..]}'" : "a node is missing at its end");
        }

        _at += id.Length;
        if (!_places.TryGetValue(id.Value, out var place))
        {
            place = _places[id.Value] = _nodes.Count;
            _nodes.Add(new FlowNode(id.Value, id.Value, FlowShape.Box, _open.TryPeek(out var group) ? group : -1));
        }
        else if (_nodes[place].Group < 0 && _open.TryPeek(out var group))
        {
            _nodes[place] = _nodes[place] with { Group = group };
        }

        if (Bracketed() is var (shape, text))
        {
            _nodes[place] = _nodes[place] with { Shape = shape, Text = Words(text) };
        }

        if (Class().Match(_line, _at) is { Success: true } named)
        {
            _at += named.Length;
        }

        return place;
    }

    private (FlowShape Shape, string Text)? Bracketed()
    {
        var candidates = Brackets.Where(b => string.CompareOrdinal(_line, _at, b.Open, 0, b.Open.Length) == 0).ToArray();
        if (candidates.Length == 0)
        {
            return null;
        }

        // Of brackets that open alike the one that closes first, of others the longest.
        var closed = candidates
            .Select(c => (Start: _at + c.Open.Length, End: End(c.Open, c.Close), c.Close, c.Shape))
            .Where(c => c.End >= 0)
            .ToArray();
        if (closed.Length > 0)
        {
            var (start, end, close, shape) = closed.Where(c => c.Start == closed[0].Start).MinBy(c => c.End);
            _at = end + close.Length;
            return (shape, _line[start..end]);
        }

        throw Wrong($"'{_line[_at..]}' has no closing '{candidates[^1].Close}'");
    }

    /// <summary>Where a bracket closes; -1 if it does not. What stands in quotes closes nothing.</summary>
    private int End(string open, string close)
    {
        var start = _at + open.Length;
        var isQuoted = start < _line.Length && _line[start] == '"';
        var from = isQuoted ? _line.IndexOf('"', start + 1) + 1 : start;
        var end = isQuoted && from == 0 ? -1 : _line.IndexOf(close, from, StringComparison.Ordinal);
        return end >= 0 && (!isQuoted || _line[from..end].Trim().Length == 0) ? end : -1;
    }

    private FlowLink? Link()
    {
        Skip();
        var match = Bare().Match(_line, _at);
        if (!match.Success && !(match = Labelled().Match(_line, _at)).Success)
        {
            return null;
        }

        _at += match.Length;
        var text = match.Groups["text"].Value;
        if (Label().Match(_line, _at) is { Success: true } label)
        {
            (_at, text) = (_at + label.Length, label.Groups["text"].Value);
        }

        var end = match.Groups["end"].Value;
        var line = end[0] switch
        {
            '=' => FlowLine.Thick,
            '~' => FlowLine.Unseen,
            _ => end.Contains('.', StringComparison.Ordinal) ? FlowLine.Dotted : FlowLine.Plain,
        };
        var head = end[^1] is '>' or 'x' or 'o' ? end[^1] : ' ';
        var tail = match.Groups["tail"] is { Success: true } marked ? marked.Value[0] : ' ';
        var length = line == FlowLine.Dotted ? end.Count(c => c == '.') : end.Count(c => c is '-' or '=') - (head == ' ' ? 2 : 1);
        return new FlowLink(0, 0, Words(text), line, tail, head, Math.Clamp(length, 1, 8));
    }

    private void Skip()
    {
        while (_at < _line.Length && char.IsWhiteSpace(_line[_at]))
        {
            _at++;
        }
    }

    private DiagramException Wrong(string what) => new(string.Create(CultureInfo.InvariantCulture, $"line {_number}: {what}"));

    /// <summary>A text without its quotes, with its line ends and its signs.</summary>
    private static string Words(string text)
    {
        text = text.Trim();
        text = text is ['"', .. var quoted, '"'] ? quoted.Trim() : text;
        text = text is ['`', .. var markdown, '`'] ? markdown : text;
        return WebUtility.HtmlDecode(
            Entity()
                .Replace(
                    LineBreak().Replace(text, "\n"),
                    m => m.Value[1..] is "quot;" ? "\"" : $"&{(char.IsDigit(m.Value[1]) ? "#" : "")}{m.Value[1..]}"
                )
        );
    }

    [GeneratedRegex(@"(^|\s)%%.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\A\s*---\n.*?\n---\n", RegexOptions.Singleline)]
    private static partial Regex FrontMatter();

    [GeneratedRegex("""^(?:graph|flowchart)(?:-elk)?(?:\s+(?<way>TD|TB|BT|LR|RL))?(?:\s+(?<rest>.*))?$""")]
    private static partial Regex Head();

    [GeneratedRegex("""(?<!#\w*);(?=(?:[^"]*"[^"]*")*[^"]*$)(?![^\[\](){}]*[\])}])""")]
    private static partial Regex StatementEnds();

    [GeneratedRegex(@"^(?:classDef|class|style|linkStyle|click|direction|accTitle|accDescr)\b")]
    private static partial Regex Passed();

    [GeneratedRegex("""^subgraph\s+(?:(?<id>[^\s\[]+)\s*\[(?<title>.*)\]|(?<id>.+?))\s*$""")]
    private static partial Regex Subgraph();

    [GeneratedRegex(@"\G[\p{L}\p{N}_]+(?:[.\-][\p{L}\p{N}_]+)*")]
    private static partial Regex Id();

    [GeneratedRegex(@"\G:::[\w-]+")]
    private static partial Regex Class();

    [GeneratedRegex(
        @"\G(?<tail>[<ox](?=[-=]))?(?<end>-{2,}(?:[->]|[ox](?=\s|\|))|={2,}(?:[=>]|[ox](?=\s|\|))|-\.+-(?:>|[ox](?=\s|\|))?|~{3,})"
    )]
    private static partial Regex Bare();

    [GeneratedRegex(
        @"\G(?<tail>[<ox](?=[-=]))?(?:--|==|-\.)\s*(?<text>[^\s\-=.>|](?:.*?[^\s\-=.])??)\s*(?<end>-{2,}(?:[->]|[ox](?=\s))|={2,}(?:[=>]|[ox](?=\s))|\.+-(?:>|[ox](?=\s))?)"
    )]
    private static partial Regex Labelled();

    [GeneratedRegex(@"\G\s*\|(?<text>[^|]*)\|")]
    private static partial Regex Label();

    [GeneratedRegex(@"#\w+;")]
    private static partial Regex Entity();

    [GeneratedRegex(@"\s*<br\s*/?>\s*|\\n", RegexOptions.IgnoreCase)]
    private static partial Regex LineBreak();
}
