using System.Data;
using System.Globalization;
using DuckDB.NET.Data;

namespace GaitProp.Notebook.Sql;

/// <summary>A database in memory: the views of a source, and tables made of values of the notebook when a query names them.</summary>
internal sealed class SqlDatabase : IDisposable
{
    /// <summary>Views of the source stand behind what cells make.</summary>
    private const string Store = "store";

    /// <summary>Values of the notebook stand behind what cells make, too.</summary>
    private const string Values = "cells";

    private readonly DuckDBConnection _connection;

    /// <summary>The values that the queries of this cell have named.</summary>
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An empty database.</summary>
    public SqlDatabase()
    {
        DuckDbLibrary.Prepare();
        _connection = new DuckDBConnection("DataSource=:memory:");
        _connection.Open();
        Do(
            $"CREATE SCHEMA {Store}; CREATE SCHEMA {Values}; SET search_path = 'main,{Values},{Store}'; SET errors_as_json = true; SET enable_progress_bar = false"
        );
    }

    /// <summary>Puts views in the place of those that were there.</summary>
    /// <param name="views">The views.</param>
    public void Show(IReadOnlyList<SqlView> views)
    {
        foreach (var view in views)
        {
            Do($"CREATE OR REPLACE VIEW {Store}.{SqlText.Name(view.Name)} AS {view.Query}");
        }
    }

    /// <summary>Takes views away.</summary>
    /// <param name="names">Their names.</param>
    public void Hide(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Do($"DROP VIEW IF EXISTS {Store}.{SqlText.Name(name)}");
        }
    }

    /// <summary>Makes a table of a value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="table">The value.</param>
    /// <param name="stop">Stops it: rows may go on for ever.</param>
    public void Take(string name, ObjectTable table, CancellationToken stop)
    {
        Do(
            $"CREATE OR REPLACE TABLE {Values}.{SqlText.Name(name)} ({string.Join(", ", table.Columns.Select(c => $"{SqlText.Name(c.Name)} {SqlTypes.Of(c.Type)}"))})"
        );
        try
        {
            using var appender = _connection.CreateAppender(Values, name);
            foreach (var values in table.Rows)
            {
                stop.ThrowIfCancellationRequested();
                var row = appender.CreateRow();
                for (var i = 0; i < table.Columns.Count; i++)
                {
                    SqlTypes.Append(row, values[i], table.Columns[i].Type);
                }

                row.EndRow();
            }
        }
        catch
        {
            // A part of the rows would pass for the value.
            Do($"DROP TABLE IF EXISTS {Values}.{SqlText.Name(name)}");
            throw;
        }
    }

    /// <summary>Values are read anew when the next query names them.</summary>
    public void Forget()
    {
        foreach (var name in _taken)
        {
            Do($"DROP TABLE IF EXISTS {Values}.{SqlText.Name(name)}");
        }

        _taken.Clear();
    }

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="most">Rows that are kept; all are counted.</param>
    /// <param name="find">A value of the notebook as a table.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>The result with <see cref="SqlResult.Rows"/>, or <see langword="null"/> if it has none.</returns>
    /// <exception cref="SqlException">It cannot be run.</exception>
    public DataTable? Run(string sql, int most, Func<string, ObjectTable?> find, CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                return Read(sql, most, stop);
            }
            catch (DuckDBException e) when (!stop.IsCancellationRequested)
            {
                var error = SqlException.Of(e);
                if (error.MissingTable is { } name && !_taken.Contains(name) && find(name) is { } table)
                {
                    Take(name, table, stop);
                    _taken.Add(name);
                    continue;
                }

                throw error;
            }
            catch (DuckDBException) when (stop.IsCancellationRequested)
            {
                throw new OperationCanceledException(stop);
            }
        }
    }

    /// <summary>The tables and views with their columns.</summary>
    public IReadOnlyList<(string Table, string Column, string Type)> Columns()
    {
        // Not on the connection of a query that runs.
        using var aside = _connection.Duplicate();
        aside.Open();
        using var command = aside.CreateCommand();
        command.CommandText =
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index";
        using var reader = command.ExecuteReader();
        var columns = new List<(string, string, string)>();
        while (reader.Read())
        {
            columns.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return columns;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Do(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private DataTable? Read(string sql, int most, CancellationToken stop)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var stopped = stop.Register(command.Cancel);
        using var reader = command.ExecuteReader();
        if (reader.FieldCount == 0)
        {
            return null;
        }

        var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        for (var i = 0; i < reader.FieldCount; i++)
        {
            var name = reader.GetName(i);
            for (var again = 2; table.Columns.Contains(name); again++)
            {
                name = $"{reader.GetName(i)}_{again}";
            }

            table.Columns.Add(name, reader.GetFieldType(i));
        }

        var rows = 0L;
        while (reader.Read())
        {
            if (rows++ < most)
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                table.Rows.Add(values);
            }

            if (rows % 4096 == 0)
            {
                stop.ThrowIfCancellationRequested();
            }
        }

        table.AcceptChanges();
        table.ExtendedProperties[SqlResult.Rows] = rows;
        return table;
    }
}
