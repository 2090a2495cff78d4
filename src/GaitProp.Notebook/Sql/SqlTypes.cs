using System.Collections;
using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;

namespace GaitProp.Notebook.Sql;

/// <summary>Types of .NET as DuckDB has them. What it has nothing for becomes a text.</summary>
internal static class SqlTypes
{
    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(bool)] = "BOOLEAN",
        [typeof(sbyte)] = "TINYINT",
        [typeof(byte)] = "UTINYINT",
        [typeof(short)] = "SMALLINT",
        [typeof(ushort)] = "USMALLINT",
        [typeof(int)] = "INTEGER",
        [typeof(uint)] = "UINTEGER",
        [typeof(long)] = "BIGINT",
        [typeof(ulong)] = "UBIGINT",
        [typeof(Half)] = "FLOAT",
        [typeof(float)] = "FLOAT",
        [typeof(double)] = "DOUBLE",
        [typeof(decimal)] = "DECIMAL(38, 18)",
        [typeof(BigInteger)] = "HUGEINT",
        [typeof(DateTime)] = "TIMESTAMP",
        [typeof(DateTimeOffset)] = "TIMESTAMPTZ",
        [typeof(DateOnly)] = "DATE",
        [typeof(TimeOnly)] = "TIME",
        [typeof(TimeSpan)] = "INTERVAL",
        [typeof(Guid)] = "UUID",
        [typeof(byte[])] = "BLOB",
    };

    /// <summary>The type of a column.</summary>
    /// <param name="type">The type of its values.</param>
    public static string Of(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return Names.TryGetValue(plain, out var name) ? name
            : Numbers(plain) is { } element ? $"{Names[element]}[]"
            : "VARCHAR";
    }

    /// <summary>Adds a value to a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">The type of its column.</param>
    public static void Append(IDuckDBAppenderRow row, object? value, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null or DBNull)
        {
            row.AppendNullValue();
            return;
        }

        if (!Names.ContainsKey(plain))
        {
            if (Numbers(plain) is null)
            {
                row.AppendValue(
                    value as string
                        ?? (value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString())
                );
            }
            else
            {
                AppendList(row, (IEnumerable)value);
            }

            return;
        }

        _ = value switch
        {
            bool v => row.AppendValue(v),
            sbyte v => row.AppendValue(v),
            byte v => row.AppendValue(v),
            short v => row.AppendValue(v),
            ushort v => row.AppendValue(v),
            int v => row.AppendValue(v),
            uint v => row.AppendValue(v),
            long v => row.AppendValue(v),
            ulong v => row.AppendValue(v),
            Half v => row.AppendValue((float)v),
            float v => row.AppendValue(v),
            double v => row.AppendValue(v),
            decimal v => row.AppendValue(v),
            BigInteger v => row.AppendValue(v),
            DateTime v => row.AppendValue(v),
            DateTimeOffset v => row.AppendValue(v),
            DateOnly v => row.AppendValue((DateOnly?)v),
            TimeOnly v => row.AppendValue((TimeOnly?)v),
            TimeSpan v => row.AppendValue(v),
            Guid v => row.AppendValue(v),
            byte[] v => row.AppendValue(v),
            _ => throw new InvalidCastException($"a {value.GetType().Name} stands in a column of {plain.Name}"),
        };
    }

    /// <summary>The element type of a list of numbers.</summary>
    private static Type? Numbers(Type type) =>
        type != typeof(string)
        && type.GetInterfaces().Append(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            is { } list
        && list.GetGenericArguments()[0] is var element
        && (element == typeof(int) || element == typeof(long) || element == typeof(float) || element == typeof(double))
            ? element
            : null;

    private static void AppendList(IDuckDBAppenderRow row, IEnumerable list)
    {
        _ = list switch
        {
            IEnumerable<int> v => row.AppendValue(v),
            IEnumerable<long> v => row.AppendValue(v),
            IEnumerable<float> v => row.AppendValue(v),
            IEnumerable<double> v => row.AppendValue(v),
            _ => row.AppendNullValue(),
        };
    }
}
