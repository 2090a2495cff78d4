using GaitProp.Kernel.CellCommands;

namespace GaitProp.Kernel.Tests.CellCommands;

/// <summary>Variables of a notebook that has no language.</summary>
internal sealed class RecordedVariables : ICellVariables
{
    private readonly Dictionary<string, object?> _values = [];

    public object? this[string name] => _values[name];

    public IReadOnlyList<string> Names => [.. _values.Keys];

    public object? Value(string name) => _values[name];

    public void Set(string name, object value) => _values[name] = value;
}
