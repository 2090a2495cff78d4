using GaitProp.Notebook.Jupyter;

namespace GaitProp.Kernel.Jupyter;

/// <summary>Where front ends look for the kernel.</summary>
internal static class KernelSpecPlaces
{
    /// <summary>The folder of the kernel's specification.</summary>
    /// <param name="prefix">An environment or machine folder; this user's kernels if <see langword="null"/>.</param>
    public static string Place(string? prefix) => Kernel(prefix is null ? JupyterFolders.UserData : JupyterFolders.Shared(prefix));

    /// <summary>All folders in which a front end of this user may find it, those that come first win.</summary>
    /// <param name="prefix">One more environment or machine folder.</param>
    public static IReadOnlyList<string> All(string? prefix) => [.. JupyterFolders.All(prefix).Select(Kernel)];

    private static string Kernel(string data) => Path.Combine(data, "kernels", KernelSpec.Name);
}
