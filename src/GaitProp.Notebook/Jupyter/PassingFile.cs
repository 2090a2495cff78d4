namespace GaitProp.Notebook.Jupyter;

/// <summary>
/// A file by which a value goes from one process to another, in a folder that nobody else may read. It is there only as long as the value is
/// on its way: a worker that is killed leaves nothing behind.
/// </summary>
internal sealed class PassingFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gaitprop-value-");

    /// <summary>Where it is; it is not there before somebody writes it.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "value.npy");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
