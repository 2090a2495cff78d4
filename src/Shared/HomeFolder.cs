#if NOTEBOOK
// The program sees the internals of both assemblies and would have the choice of two.
namespace GaitProp.Notebook;

#else
namespace GaitProp;

#endif

/// <summary>The user's home folder, whether or not it exists.</summary>
internal static class HomeFolder
{
    /// <summary>Its path.</summary>
    public static string Name =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>Where NuGet keeps packages unless it is told otherwise.</summary>
    public static string Packages => Path.Combine(Name, ".nuget", "packages");
}
