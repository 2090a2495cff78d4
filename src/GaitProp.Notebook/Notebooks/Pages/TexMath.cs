using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>
/// TeX formulas as MathML, which browsers set themselves: letters, scripts, fractions, roots, brackets, accents, sums, words, matrices and
/// lines that are aligned. A formula with anything else is shown as its TeX, which is readable, and not as a wrong formula.
/// </summary>
internal sealed partial class TexMath
{
    private static readonly Dictionary<string, string> Letters = new()
    {
        ["alpha"] = "α",
        ["beta"] = "β",
        ["gamma"] = "γ",
        ["delta"] = "δ",
        ["epsilon"] = "ϵ",
        ["varepsilon"] = "ε",
        ["zeta"] = "ζ",
        ["eta"] = "η",
        ["theta"] = "θ",
        ["iota"] = "ι",
        ["kappa"] = "κ",
        ["lambda"] = "λ",
        ["mu"] = "μ",
        ["nu"] = "ν",
        ["xi"] = "ξ",
        ["pi"] = "π",
        ["rho"] = "ρ",
        ["sigma"] = "σ",
        ["tau"] = "τ",
        ["upsilon"] = "υ",
        ["phi"] = "ϕ",
        ["varphi"] = "φ",
        ["chi"] = "χ",
        ["psi"] = "ψ",
        ["omega"] = "ω",
        ["Gamma"] = "Γ",
        ["Delta"] = "Δ",
        ["Theta"] = "Θ",
        ["Lambda"] = "Λ",
        ["Xi"] = "Ξ",
        ["Pi"] = "Π",
        ["Sigma"] = "Σ",
        ["Phi"] = "Φ",
        ["Psi"] = "Ψ",
        ["Omega"] = "Ω",
        ["ell"] = "ℓ",
        ["infty"] = "∞",
        ["partial"] = "∂",
        ["nabla"] = "∇",
        ["top"] = "⊤",
        ["emptyset"] = "∅",
        ["hbar"] = "ℏ",
        ["degree"] = "°",
    };

    private static readonly Dictionary<string, string> Operators = new()
    {
        ["cdot"] = "⋅",
        ["times"] = "×",
        ["div"] = "÷",
        ["pm"] = "±",
        ["mp"] = "∓",
        ["odot"] = "⊙",
        ["otimes"] = "⊗",
        ["oplus"] = "⊕",
        ["circ"] = "∘",
        ["ast"] = "∗",
        ["star"] = "⋆",
        ["le"] = "≤",
        ["leq"] = "≤",
        ["ge"] = "≥",
        ["geq"] = "≥",
        ["ne"] = "≠",
        ["neq"] = "≠",
        ["approx"] = "≈",
        ["equiv"] = "≡",
        ["sim"] = "∼",
        ["propto"] = "∝",
        ["ll"] = "≪",
        ["gg"] = "≫",
        ["in"] = "∈",
        ["notin"] = "∉",
        ["subset"] = "⊂",
        ["subseteq"] = "⊆",
        ["cup"] = "∪",
        ["cap"] = "∩",
        ["to"] = "→",
        ["rightarrow"] = "→",
        ["leftarrow"] = "←",
        ["gets"] = "←",
        ["Rightarrow"] = "⇒",
        ["Leftrightarrow"] = "⇔",
        ["mapsto"] = "↦",
        ["iff"] = "⇔",
        ["forall"] = "∀",
        ["exists"] = "∃",
        ["ldots"] = "…",
        ["dots"] = "…",
        ["cdots"] = "⋯",
        ["vdots"] = "⋮",
        ["ddots"] = "⋱",
        ["mid"] = "∣",
        ["perp"] = "⊥",
        ["parallel"] = "∥",
        ["langle"] = "⟨",
        ["rangle"] = "⟩",
        ["lVert"] = "‖",
        ["rVert"] = "‖",
        ["Vert"] = "‖",
        ["lvert"] = "|",
        ["rvert"] = "|",
        ["vert"] = "|",
        ["{"] = "{",
        ["}"] = "}",
        ["|"] = "‖",
        ["lfloor"] = "⌊",
        ["rfloor"] = "⌋",
        ["lceil"] = "⌈",
        ["rceil"] = "⌉",
        ["prime"] = "′",
        ["lbrace"] = "{",
        ["rbrace"] = "}",
        ["%"] = "%",
        ["#"] = "#",
        ["_"] = "_",
        ["&"] = "&",
        ["$"] = "$",
    };

    private static readonly Dictionary<string, string> Large = new()
    {
        ["sum"] = "∑",
        ["prod"] = "∏",
        ["int"] = "∫",
        ["max"] = "max",
        ["min"] = "min",
        ["lim"] = "lim",
        ["arg"] = "arg",
        ["sup"] = "sup",
        ["inf"] = "inf",
    };
    private static readonly HashSet<string> Functions =
    [
        "log",
        "ln",
        "exp",
        "sin",
        "cos",
        "tan",
        "arccos",
        "det",
        "dim",
        "ker",
        "rank",
        "tr",
        "deg",
        "tanh",
    ];
    private static readonly Dictionary<string, string> Accents = new()
    {
        ["hat"] = "^",
        ["widehat"] = "^",
        ["bar"] = "¯",
        ["overline"] = "¯",
        ["tilde"] = "~",
        ["widetilde"] = "~",
        ["vec"] = "→",
        ["dot"] = "˙",
        ["ddot"] = "¨",
    };
    private static readonly Dictionary<string, string> Fonts = new()
    {
        ["mathbf"] = "font-weight:bold",
        ["boldsymbol"] = "font-weight:bold",
        ["bm"] = "font-weight:bold",
        ["mathrm"] = "",
        ["mathit"] = "font-style:italic",
        ["mathsf"] = "font-family:sans-serif",
        ["mathtt"] = "font-family:monospace",
    };
    private static readonly Dictionary<string, string> Spaces = new()
    {
        [","] = "0.17em",
        [":"] = "0.22em",
        [";"] = "0.28em",
        ["!"] = "-0.17em",
        [" "] = "0.25em",
        ["quad"] = "1em",
        ["qquad"] = "2em",
    };
    private static readonly Dictionary<string, (string Open, string Close)> Tables = new()
    {
        ["matrix"] = ("", ""),
        ["pmatrix"] = ("(", ")"),
        ["bmatrix"] = ("[", "]"),
        ["vmatrix"] = ("|", "|"),
        ["cases"] = ("{", ""),
        ["aligned"] = ("", ""),
        ["align"] = ("", ""),
        ["align*"] = ("", ""),
        ["split"] = ("", ""),
        ["gather"] = ("", ""),
        ["gathered"] = ("", ""),
    };

    private readonly string _tex;
    private int _at;

    private TexMath(string tex) => _tex = tex;

    /// <summary>A formula as HTML.</summary>
    /// <param name="tex">The formula, without its dollars.</param>
    /// <param name="display">Whether it stands on a line of its own.</param>
    public static string Html(string tex, bool display)
    {
        try
        {
            var parser = new TexMath(tex.Trim());
            var math = parser.Row(_ => false);
            return parser._at < parser._tex.Length
                ? throw parser.Unknown("a bracket too many")
                : $"<math{(display ? " display=\"block\"" : "")}><semantics><mrow>{math}</mrow><annotation encoding=\"application/x-tex\">{HtmlText.Escape(tex)}</annotation></semantics></math>";
        }
        catch (FormatException)
        {
            return $"<code class=\"tex\"{(display ? " style=\"display:block;text-align:center\"" : "")}>{HtmlText.Escape(tex.Trim())}</code>";
        }
    }

    private FormatException Unknown(string what) => new($"{what} at {_at} of {_tex}");

    private string Row(Func<string, bool> ends)
    {
        var row = new StringBuilder();
        while (true)
        {
            SkipSpace();
            if (_at >= _tex.Length || _tex[_at] == '}' || ends(_tex[_at..]))
            {
                return row.ToString();
            }

            row.Append(Scripted());
        }
    }

    /// <summary>Something with what stands below and above it.</summary>
    private string Scripted()
    {
        var start = _at;
        var (nucleus, limits) = Atom();
        var isFunction = _tex[start] == '\\' && Functions.Contains(_tex[(start + 1).._at]);
        if (Skip("limits"))
        {
            // Below and above in a line of text too.
            limits = true;
            nucleus = nucleus.Replace("<mo movablelimits=\"true\"", "<mo movablelimits=\"false\"", StringComparison.Ordinal);
        }

        string? below = null,
            above = null;
        while (true)
        {
            SkipSpace();
            if (Peek('_') && below is null)
            {
                _at++;
                below = Argument();
            }
            else if (Peek('^') && above is null)
            {
                _at++;
                above = Argument();
            }
            else if (Peek('\'') && above is null)
            {
                var primes = 0;
                while (Peek('\''))
                {
                    _at++;
                    primes++;
                }

                above = $"<mo>{new string('′', primes)}</mo>";
                SkipSpace();
                if (Peek('^'))
                {
                    _at++;
                    above = $"<mrow>{above}{Argument()}</mrow>";
                }
            }
            else
            {
                break;
            }
        }

        if (nucleus.Length == 0 && (below ?? above) is not null)
        {
            // What scripts stand at is an element in any case.
            nucleus = "<mrow></mrow>";
        }

        var (under, sup) = limits ? ("munder", "mover") : ("msub", "msup");
        var scripted = (below, above) switch
        {
            (null, null) => nucleus,
            ({ } b, null) => $"<{under}>{nucleus}{b}</{under}>",
            (null, { } a) => $"<{sup}>{nucleus}{a}</{sup}>",
            var (b, a) => limits ? $"<munderover>{nucleus}{b}{a}</munderover>" : $"<msubsup>{nucleus}{b}{a}</msubsup>",
        };

        // Behind the scripts: what they stand at is one element.
        return isFunction ? $"{scripted}<mspace width=\"0.1em\"/>" : scripted;
    }

    private (string Math, bool Limits) Atom()
    {
        var c = _tex[_at];
        if (c == '{')
        {
            return ($"<mrow>{Group()}</mrow>", false);
        }

        if (c == '\\')
        {
            return Command();
        }

        if (char.IsSurrogate(c))
        {
            // A letter of two characters, such as a script capital.
            var letter = Rune.TryGetRuneAt(_tex, _at, out var whole) ? whole : throw Unknown("half a letter");
            _at += letter.Utf16SequenceLength;
            return ($"<mi>{letter}</mi>", false);
        }

        _at++;
        if (char.IsAsciiDigit(c) || (c == '.' && _at < _tex.Length && char.IsAsciiDigit(_tex[_at])))
        {
            var start = _at - 1;
            while (
                _at < _tex.Length
                && (char.IsAsciiDigit(_tex[_at]) || (_tex[_at] == '.' && _at + 1 < _tex.Length && char.IsAsciiDigit(_tex[_at + 1])))
            )
            {
                _at++;
            }

            return ($"<mn>{_tex[start.._at]}</mn>", false);
        }

        return c switch
        {
            '&' or '^' or '_' or '#' or '$' => throw Unknown($"'{c}'"),
            _ when char.IsLetter(c) => ($"<mi>{c}</mi>", false),
            '-' => ("<mo>−</mo>", false),
            '*' => ("<mo>∗</mo>", false),
            '~' => ("<mspace width=\"0.25em\"/>", false),
            '(' or ')' or '[' or ']' or '|' => ($"<mo stretchy=\"false\">{c}</mo>", false),
            _ => ($"<mo>{HtmlText.Escape(c.ToString())}</mo>", false),
        };
    }

    private (string Math, bool Limits) Command()
    {
        var name = Name();
        if (Letters.TryGetValue(name, out var letter))
        {
            return (char.IsUpper(name[0]) ? $"<mi mathvariant=\"normal\">{letter}</mi>" : $"<mi>{letter}</mi>", false);
        }

        if (Operators.TryGetValue(name, out var sign))
        {
            return (
                $"<mo{(sign is "‖" or "|" or "{" or "}" or "⟨" or "⟩" ? " stretchy=\"false\"" : "")}>{HtmlText.Escape(sign)}</mo>",
                false
            );
        }

        if (Large.TryGetValue(name, out var large))
        {
            return (
                char.IsAsciiLetter(large[0])
                    ? $"<mo movablelimits=\"true\">{large}</mo>"
                    : $"<mo movablelimits=\"true\" largeop=\"true\">{large}</mo>",
                name != "int"
            );
        }

        if (Functions.Contains(name))
        {
            return ($"<mi>{name}</mi>", false);
        }

        if (Spaces.TryGetValue(name, out var width))
        {
            return ($"<mspace width=\"{width}\"/>", false);
        }

        if (Accents.TryGetValue(name, out var accent))
        {
            return (
                $"<mover accent=\"true\">{Argument()}<mo{(name.StartsWith("wide", StringComparison.Ordinal) || name == "overline" ? "" : " stretchy=\"false\"")}>{accent}</mo></mover>",
                false
            );
        }

        if (name is "mathcal" or "mathbb" or "mathscr")
        {
            return (
                Capital()
                    .Replace(
                        Argument(),
                        m => $"<mi>{(name == "mathbb" ? DoubleStruck(m.Groups[1].Value[0]) : Script(m.Groups[1].Value[0]))}</mi>"
                    ),
                false
            );
        }

        if (Fonts.TryGetValue(name, out var font))
        {
            return (
                $"<mrow style=\"{font}\">{Argument().Replace("<mi>", "<mi mathvariant=\"normal\">", StringComparison.Ordinal)}</mrow>",
                false
            );
        }

        switch (name)
        {
            case "frac" or "tfrac" or "dfrac":
                return ($"<mfrac>{Argument()}{Argument()}</mfrac>", false);
            case "sqrt":
                SkipSpace();
                if (Peek('['))
                {
                    _at++;
                    var degree = Row(rest => rest[0] == ']');
                    Expect(']');
                    return ($"<mroot>{Argument()}<mrow>{degree}</mrow></mroot>", false);
                }

                return ($"<msqrt>{Argument()}</msqrt>", false);
            case "text" or "textrm" or "textit" or "textbf" or "operatorname" or "mbox" or "texttt":
                var words = Verbatim();
                return (
                    name == "operatorname"
                        ? $"<mi>{HtmlText.Escape(words)}</mi>"
                        : $"<mtext>{HtmlText.Escape(words).Replace(" ", "&nbsp;", StringComparison.Ordinal)}</mtext>",
                    false
                );
            case "left":
                var open = Delimiter();
                var inside = Row(rest =>
                    rest.StartsWith("\\right", StringComparison.Ordinal) && !rest.StartsWith("\\rightarrow", StringComparison.Ordinal)
                );
                if (_at >= _tex.Length || Name() != "right")
                {
                    throw Unknown("\\left without \\right");
                }

                return ($"<mrow>{open}{inside}{Delimiter()}</mrow>", false);
            case "big" or "Big" or "bigl" or "bigr" or "Bigl" or "Bigr" or "bigg" or "Bigg":
                return (Delimiter(), false);
            case "underbrace" or "overbrace":
                var over = name == "overbrace";
                return (
                    $"<{(over ? "mover" : "munder")}>{Argument()}<mo stretchy=\"true\">{(over ? '⏞' : '⏟')}</mo></{(over ? "mover" : "munder")}>",
                    true
                );
            case "begin":
                return (Environment(), false);
            case "label":
                _ = Verbatim();
                return ("", false);
            case "displaystyle" or "textstyle" or "nonumber":
                return ("", false);
            default:
                throw Unknown($"\\{name}");
        }
    }

    // A few letters had their places in Unicode before the alphabets came.
    private static string Script(char letter) =>
        "BEFHILMR".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var i
            ? "ℬℰℱℋℐℒℳℛ"[i].ToString()
            : char.ConvertFromUtf32(0x1d49c + letter - 'A');

    private static string DoubleStruck(char letter) =>
        "CHNPQRZ".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var i
            ? "ℂℍℕℙℚℝℤ"[i].ToString()
            : char.ConvertFromUtf32(0x1d538 + letter - 'A');

    [GeneratedRegex("<mi>([A-Z])</mi>")]
    private static partial Regex Capital();

    private string Environment()
    {
        var name = Verbatim();
        if (!Tables.TryGetValue(name, out var brackets))
        {
            throw Unknown(name);
        }

        var aligned = name.StartsWith("align", StringComparison.Ordinal) || name == "split";
        var end = $"\\end{{{name}}}";
        var table = new StringBuilder("<mtr><mtd>");
        while (true)
        {
            table.Append(
                Row(rest =>
                    rest[0] == '&'
                    || rest.StartsWith("\\\\", StringComparison.Ordinal)
                    || rest.StartsWith("\\end", StringComparison.Ordinal)
                )
            );
            if (_at >= _tex.Length)
            {
                throw Unknown("\\begin without \\end");
            }

            if (_tex[_at] == '&')
            {
                _at++;
                table.Append("</mtd><mtd>");
            }
            else if (_tex.AsSpan(_at).StartsWith("\\\\"))
            {
                _at += 2;
                table.Append("</mtd></mtr><mtr><mtd>");
            }
            else if (_tex.AsSpan(_at).StartsWith(end))
            {
                _at += end.Length;
                break;
            }
            else
            {
                throw Unknown("\\end");
            }
        }

        var look =
            aligned ? " displaystyle=\"true\" class=\"aligned\""
            : name == "cases" ? " class=\"cases\""
            : "";
        return $"<mrow>{Bracket(brackets.Open)}<mtable{look}>{table}</mtd></mtr></mtable>{Bracket(brackets.Close)}</mrow>";

        static string Bracket(string bracket) => bracket.Length == 0 ? "" : $"<mo stretchy=\"true\">{bracket}</mo>";
    }

    private string Argument()
    {
        SkipSpace();
        if (_at >= _tex.Length)
        {
            throw Unknown("an argument is missing");
        }

        if (char.IsAsciiDigit(_tex[_at]))
        {
            // Without braces an argument is one sign: \frac12 is a half.
            return $"<mn>{_tex[_at++]}</mn>";
        }

        return _tex[_at] == '{' ? $"<mrow>{Group()}</mrow>" : Atom().Math;
    }

    private string Group()
    {
        Expect('{');
        var inside = Row(_ => false);
        Expect('}');
        return inside;
    }

    private string Delimiter()
    {
        SkipSpace();
        if (_at >= _tex.Length)
        {
            throw Unknown("a bracket is missing");
        }

        string bracket;
        if (_tex[_at] == '\\')
        {
            var name = Name();
            bracket = Operators.TryGetValue(name, out var sign) ? sign : throw Unknown($"\\{name}");
        }
        else
        {
            bracket = char.IsSurrogate(_tex[_at]) ? throw Unknown("no bracket") : _tex[_at++].ToString();
        }

        return bracket == "." ? "" : $"<mo stretchy=\"true\">{HtmlText.Escape(bracket)}</mo>";
    }

    /// <summary>The text between braces, as it is.</summary>
    private string Verbatim()
    {
        SkipSpace();
        Expect('{');
        var end = _tex.IndexOf('}', _at);
        if (end < 0)
        {
            throw Unknown("'}' is missing");
        }

        var text = _tex[_at..end];
        _at = end + 1;
        return text;
    }

    private string Name()
    {
        var start = ++_at;
        while (_at < _tex.Length && char.IsAsciiLetter(_tex[_at]))
        {
            _at++;
        }

        if (_at == start)
        {
            _at = Math.Min(_tex.Length, _at + 1);
        }

        return _tex[start.._at];
    }

    /// <summary>Reads a command, if it comes next.</summary>
    private bool Skip(string name)
    {
        SkipSpace();
        var start = _at;
        if (Peek('\\') && Name() == name)
        {
            return true;
        }

        _at = start;
        return false;
    }

    private void Expect(char c)
    {
        if (!Peek(c))
        {
            throw Unknown($"'{c}' is missing");
        }

        _at++;
    }

    private bool Peek(char c) => _at < _tex.Length && _tex[_at] == c;

    private void SkipSpace()
    {
        while (_at < _tex.Length && char.IsWhiteSpace(_tex[_at]))
        {
            _at++;
        }
    }
}
