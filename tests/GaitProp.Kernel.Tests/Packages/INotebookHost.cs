namespace GaitProp.Kernel.Tests.Packages;

/// <summary>A program that runs the cells of a notebook.</summary>
internal interface INotebookHost : IDisposable
{
    /// <summary>Submits a cell and waits until it has ended.</summary>
    /// <returns>Whether it succeeded, and every text that it published: all forms of its values, each behind its type, and its
    /// errors.</returns>
    Task<(bool Succeeded, string Text)> Submit(string code, CancellationToken cancellation);
}
