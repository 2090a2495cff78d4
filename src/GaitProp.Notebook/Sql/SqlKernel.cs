using System.Data;
using System.Runtime.CompilerServices;
using System.Text;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Languages;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace GaitProp.Notebook.Sql;

/// <summary>
/// SQL on DuckDB in memory: over the views of a source, and over every variable of the notebook that is a table, by its name. A result is
/// shown, and with <c>--as NAME</c> kept as a <see cref="DataTable"/> in C#. DuckDB is loaded when it is first used.
/// </summary>
internal sealed class SqlKernel : LanguageKernel, IKernelCommandHandler<RequestCompletions>, IValueKernel
{
    /// <summary>Rows of a result that are shown.</summary>
    public const int Shown = 20;

    private const string As = "--as";

    private static readonly string[] Keywords =
    [
        "SELECT",
        "FROM",
        "WHERE",
        "GROUP BY",
        "ORDER BY",
        "HAVING",
        "LIMIT",
        "JOIN",
        "LEFT JOIN",
        "USING",
        "ON",
        "AS",
        "AND",
        "OR",
        "NOT",
        "IN",
        "IS NULL",
        "BETWEEN",
        "LIKE",
        "DISTINCT",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "WITH",
        "UNION ALL",
        "PIVOT",
        "QUALIFY",
        "OVER",
        "PARTITION BY",
        "DESC",
        "CREATE TABLE",
        "INSERT INTO",
        "DESCRIBE",
        "SUMMARIZE",
        "avg",
        "count",
        "max",
        "min",
        "sum",
        "arg_max",
        "arg_min",
        "median",
        "stddev",
        "round",
    ];

    private readonly SqlSource _source;
    private readonly Func<object, object> _plain;
    private readonly Lazy<SqlDatabase> _database;

    /// <summary>SQL.</summary>
    /// <param name="name">Its name among the languages.</param>
    /// <param name="source">The views that there are.</param>
    /// <param name="plain">An array in the place of a value that is one in another form.</param>
    public SqlKernel(string name, SqlSource source, Func<object, object> plain)
        : base(name, "SQL", "SQL (DuckDB) from here on.")
    {
        (_source, _plain) = (source, plain);
        _database = new Lazy<SqlDatabase>(Open, LazyThreadSafetyMode.PublicationOnly);
        RegisterForDisposal(() =>
        {
            if (_database.IsValueCreated)
            {
                _database.Value.Dispose();
            }
        });
        this.UseValueSharing().UseVariableLists();
    }

    /// <inheritdoc/>
    public override KernelSpecifierDirective KernelSpecifierDirective
    {
        get
        {
            var directive = base.KernelSpecifierDirective;
            directive.Parameters.Add(new KernelDirectiveParameter(As, "Keeps the result in a C# variable: a DataTable."));
            directive.Parameters.Add(new KernelDirectiveParameter(_source.Option, _source.Description));
            return directive;
        }
    }

    /// <inheritdoc/>
    protected override Task RunAsync(LanguagePart part) => Task.Run(() => Run(part), CancellationToken.None);

    /// <inheritdoc/>
    public Task HandleAsync(RequestCompletions command, KernelInvocationContext context)
    {
        var lines = command.Code.Split('\n');
        var at = lines.Take(command.LinePosition.Line).Sum(l => l.Length + 1) + command.LinePosition.Character;
        at = Math.Clamp(at, 0, command.Code.Length);
        var word = SqlText.WordBefore(command.Code, at);
        if (SqlText.IsInside(command.Code, at))
        {
            return Task.CompletedTask;
        }

        if (_source.Names.Any(n => command.Code.Contains(n, StringComparison.OrdinalIgnoreCase)) && !_database.IsValueCreated)
        {
            Views(command.Code, null);
        }

        var columns = _database.Value.Columns();
        var table =
            at - word.Length is > 0 and var dot && command.Code[dot - 1] == '.'
                ? Meant(command.Code, SqlText.WordBefore(command.Code, dot - 1))
                : null;
        IEnumerable<(string Text, string Kind, string Words)> all = table is not null
            ? columns
                .Where(c => string.Equals(c.Table, table, StringComparison.OrdinalIgnoreCase))
                .Select(c => (c.Column, "field", $"{c.Table}.{c.Column} {c.Type}"))
            :
            [
                .. columns.Select(c => c.Table).Concat(_source.Names).Distinct().Select(t => (t, "class", "table")),
                .. columns
                    .GroupBy(c => c.Column)
                    .Select(g => (g.Key, "field", string.Join("\n", g.Select(c => $"{c.Table}.{c.Column} {c.Type}")))),
                .. Keywords.Select(k => (k, "keyword", "")),
            ];
        context.Publish(
            new CompletionsProduced(
                [
                    .. all.Where(c => c.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                        .Select(c => new CompletionItem(c.Text, c.Kind, documentation: c.Words)),
                ],
                command,
                new LinePositionSpan(
                    command.LinePosition with
                    {
                        Character = command.LinePosition.Character - word.Length,
                    },
                    command.LinePosition
                )
            )
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        var tables = _database.IsValueCreated ? _database.Value.Columns().GroupBy(c => c.Table).Select(t => t.Key) : [];
        context.Publish(
            new ValueInfosProduced(
                [
                    .. tables.Select(t => new KernelValueInfo(
                        t,
                        new FormattedValue(PlainTextFormatter.MimeType, "table"),
                        typeof(DataTable),
                        "table"
                    )),
                ],
                command
            )
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(() =>
        {
            var stop = SharedForms.Stop(context);
            try
            {
                Views(command.Name, null);
                if (command.MimeType.StartsWith("text/", StringComparison.Ordinal))
                {
                    // For people: a list of variables.
                    var count = _database.Value.Run($"SELECT count(*) FROM {SqlText.Name(command.Name)}", 1, _ => null, stop)!.Rows[0][0];
                    context.Publish(new ValueProduced(null, command.Name, new FormattedValue(command.MimeType, $"{count} rows"), command));
                    return Task.CompletedTask;
                }

                var table = _database.Value.Run($"SELECT * FROM {SqlText.Name(command.Name)}", int.MaxValue, _ => null, stop)!;
                context.Publish(new ValueProduced(table, command.Name, SharedForms.Of(table, command.MimeType, _plain), command));
            }
            catch (SqlException e)
            {
                throw new CellException($"SQL has no table '{command.Name}': {e.Message}", "SqlError");
            }

            return Task.CompletedTask;
        });

    /// <inheritdoc/>
    public Task HandleAsync(SendValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(() =>
            SetValueAsync(
                command,
                context,
                (name, value, _) =>
                {
                    value = SharedForms.Object(command) ?? value;
                    _database.Value.Take(
                        name,
                        Table(value)
                            ?? throw new CellException(
                                $"'{name}' is no table: SQL takes sequences of objects, numbers or texts, a DataTable, and arrays of numbers.",
                                "SqlError"
                            ),
                        SharedForms.Stop(context)
                    );
                    return Task.CompletedTask;
                }
            )
        );

    private static SqlDatabase Open()
    {
        try
        {
            return New();
        }
        catch (Exception e)
            when (e is FileNotFoundException or DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            throw DuckDbLibrary.Missing(e);
        }
    }

    /// <summary>By itself, so that an assembly that is not there is missed here and not earlier.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SqlDatabase New() => new();

    /// <summary>The table that a name before a dot means, which may be another name for it.</summary>
    private static string Meant(string sql, string name)
    {
        var words = sql.Split([' ', '\t', '\r', '\n', ',', '(', ')', ';'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 1; i < words.Length; i++)
        {
            var alias = string.Equals(words[i], "as", StringComparison.OrdinalIgnoreCase) && i + 1 < words.Length ? words[i + 1] : words[i];
            if (
                i >= 2
                && words[i - 2].ToUpperInvariant() is "FROM" or "JOIN"
                && string.Equals(alias, name, StringComparison.OrdinalIgnoreCase)
            )
            {
                return words[i - 1];
            }
        }

        return name;
    }

    private void Run(LanguagePart part)
    {
        var statements = SqlText.Statements(part.Code);
        var name = part.Option(As);
        var database = _database.Value;
        database.Forget();
        var absent = Views(part.Code, part.Option(_source.Option));
        DataTable? kept = null;
        foreach (var (start, text) in statements)
        {
            try
            {
                if (
                    database.Run(
                        text,
                        name is null ? Shown : int.MaxValue,
                        found => SharedValues.Find(this, found) is { Value: { } value } ? Table(value) : null,
                        part.Stop
                    )
                    is not { } table
                )
                {
                    continue;
                }

                kept = table;
                part.Context.Display(table);
            }
            catch (SqlException e)
            {
                if (
                    absent is not null
                    && e.MissingTable is { } missing
                    && _source.Names.Contains(missing, StringComparer.OrdinalIgnoreCase)
                )
                {
                    throw absent;
                }

                var at =
                    start
                    + (
                        e.Position is { } bytes
                            ? Encoding
                                .UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan(0, Math.Min(bytes, Encoding.UTF8.GetByteCount(text))))
                                .Length
                            : 0
                    );
                throw new CellException($"{part.Place(at)}: {e.Message}", "SqlError");
            }
        }

        if (name is not null)
        {
            SharedValues.Keep(
                this,
                name,
                kept ?? throw new CellException($"There is no result that {As} could keep in '{name}': end with a SELECT.", "SqlError")
            );
        }
    }

    /// <summary>Makes the views of the source as its files are now, if a text may mean one.</summary>
    /// <returns>Why there are none; no matter, as long as no query asks for one.</returns>
    private CellException? Views(string text, string? folder)
    {
        if (folder is not null || _source.Names.Any(n => text.Contains(n, StringComparison.OrdinalIgnoreCase)))
        {
            try
            {
                _database.Value.Show(_source.Views(folder));
            }
            catch (CellException e) when (folder is null)
            {
                _database.Value.Hide(_source.Names);
                return e;
            }
        }

        return null;
    }

    private ObjectTable? Table(object? value) => ObjectTable.Of(value is null ? null : _plain(value));
}
