using GaitProp.Kernel.Jupyter.Cells;
using GaitProp.Kernel.Jupyter.CSharp;

namespace GaitProp.Kernel.Interactive;

/// <summary>The C# variables of a notebook in .NET Interactive.</summary>
/// <param name="cell">The cell that asks for them.</param>
internal sealed class HostCellVariables(IHostCell cell) : ICellVariables
{
    /// <inheritdoc/>
    public IReadOnlyList<CellVariable> All => [.. cell.Variables.Select(v => new CellVariable(v.Key, v.Value?.GetType() ?? typeof(object), v.Value))];

    /// <inheritdoc/>
    public void Set(string name, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        cell.SetVariable(name, value, TypeNames.NearestPublic(value.GetType()));
    }
}
