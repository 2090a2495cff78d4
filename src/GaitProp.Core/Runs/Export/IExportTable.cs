namespace GaitProp.Runs.Export;

/// <summary>A table of <see cref="ExportRow"/>s that is written row by row in some format. It leaves its stream open.</summary>
internal interface IExportTable : IDisposable
{
    /// <summary>Adds a row.</summary>
    void Add(in ExportRow row);

    /// <summary>Writes what is left and ends the table.</summary>
    void Complete();
}
