using System.Collections;
using System.Data;
using System.Numerics;
using System.Reflection;

namespace GaitProp.Notebook.Sql;

/// <summary>A value of a notebook as a table.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, which are read anew each time.</param>
internal sealed record ObjectTable(IReadOnlyList<(string Name, Type Type)> Columns, IEnumerable<object?[]> Rows)
{
    /// <summary>
    /// The table of a value: of a <see cref="DataTable"/> itself; of a sequence of objects a column for each public property or field; of a
    /// sequence of numbers or texts <c>index</c> and <c>value</c>; of a matrix <c>row</c> and a column for each of its own, <c>c0</c>,
    /// <c>c1</c>, …
    /// </summary>
    /// <param name="value">The value.</param>
    /// <returns><see langword="null"/> if it is no table.</returns>
    public static ObjectTable? Of(object? value) =>
        value switch
        {
            DataTable table => new(
                [.. table.Columns.Cast<DataColumn>().Select(c => (c.ColumnName, c.DataType))],
                table.Rows.Cast<DataRow>().Select(r => r.ItemArray.Select(v => v is DBNull ? null : v).ToArray())
            ),
            Array { Rank: 2 } matrix => Matrix(matrix),
            Array { Rank: > 2 } or string or null => null,
            IEnumerable items => Items(items),
            _ => null,
        };

    /// <summary>Whether values of a type are one value of a table, not a row.</summary>
    /// <param name="type">The type.</param>
    public static bool IsSingle(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var plain && (plain.IsPrimitive || plain.IsEnum || Singles.Contains(plain));

    private static readonly HashSet<Type> Singles =
    [
        typeof(string),
        typeof(decimal),
        typeof(Half),
        typeof(BigInteger),
        typeof(DateTime),
        typeof(DateTimeOffset),
        typeof(DateOnly),
        typeof(TimeOnly),
        typeof(TimeSpan),
        typeof(Guid),
        typeof(byte[]),
    ];

    private static ObjectTable Matrix(Array matrix) =>
        new(
            [("row", typeof(long)), .. Enumerable.Range(0, matrix.GetLength(1)).Select(c => ($"c{c}", matrix.GetType().GetElementType()!))],
            Enumerable
                .Range(0, matrix.GetLength(0))
                .Select(r => (object?[])[(long)r, .. Enumerable.Range(0, matrix.GetLength(1)).Select(c => matrix.GetValue(r, c))])
        );

    private static ObjectTable? Items(IEnumerable items)
    {
        var type = items
            .GetType()
            .GetInterfaces()
            .Append(items.GetType())
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .Select(i => i.GetGenericArguments()[0])
            .FirstOrDefault();
        if (type is null || type == typeof(object) || type.IsInterface || type.IsAbstract)
        {
            type = items.Cast<object?>().FirstOrDefault(i => i is not null)?.GetType() ?? type;
        }

        if (type is null)
        {
            return null;
        }

        if (IsSingle(type))
        {
            return new([("index", typeof(long)), ("value", type)], items.Cast<object?>().Select((item, i) => (object?[])[(long)i, item]));
        }

        if (typeof(IDictionary<string, object?>).IsAssignableFrom(type))
        {
            var rows = items.Cast<IDictionary<string, object?>>().ToArray();
            var names = rows.SelectMany(r => r.Keys).Distinct().ToArray();
            return names.Length == 0
                ? null
                : new(
                    [
                        .. names.Select(n =>
                            (
                                n,
                                rows.Select(r => r.TryGetValue(n, out var v) ? v?.GetType() : null).OfType<Type>().Distinct().ToArray()
                                    is [var only]
                                    ? only
                                    : typeof(string)
                            )
                        ),
                    ],
                    rows.Select(r => names.Select(n => r.TryGetValue(n, out var v) ? v : null).ToArray())
                );
        }

        (string Name, Type Type, Func<object, object?> Get)[] members =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanRead && p.GetIndexParameters().Length == 0 && !p.PropertyType.IsByRefLike)
                .Select(p => (p.Name, p.PropertyType, (Func<object, object?>)p.GetValue)),
            .. type.GetFields(BindingFlags.Public | BindingFlags.Instance)
                .Select(f => (f.Name, f.FieldType, (Func<object, object?>)f.GetValue)),
        ];
        members = [.. members.DistinctBy(m => m.Name, StringComparer.OrdinalIgnoreCase)];
        return members.Length == 0
            ? null
            : new(
                [.. members.Select(m => (m.Name, m.Type))],
                items.Cast<object?>().Select(item => members.Select(m => item is null ? null : m.Get(item)).ToArray())
            );
    }
}
