using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.CellCommands;

/// <summary>The variables of a notebook, whatever their language.</summary>
internal interface ICellVariables
{
    /// <summary>The names of all of them.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The value of one of them now.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    object? Value(string name);

    /// <summary>Declares a variable, or declares it again with another type.</summary>
    /// <param name="name">An identifier.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="CellException">It cannot be kept.</exception>
    void Set(string name, object value);
}
