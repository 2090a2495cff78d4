using System.Reflection;
using System.Runtime.Loader;

namespace GaitProp.Kernel.Interactive;

/// <summary>
/// The host's assemblies win, also those that are older than the ones the kit's packages were compiled against (FSharp.Core below
/// Plotly.NET): the runtime refuses those by itself, and nothing else could be loaded under that name.
/// </summary>
internal static class HostAssemblies
{
    private static readonly Lock Gate = new();
    private static bool _asked;

    /// <summary>Has the runtime ask here for what it does not find in the version asked for. Once is enough; more does no harm.</summary>
    public static void Prefer()
    {
        lock (Gate)
        {
            if (!_asked)
            {
                AssemblyLoadContext.Default.Resolving += static (_, name) => Find(name);
                _asked = true;
            }
        }
    }

    /// <summary>The host's own assembly of a name.</summary>
    /// <param name="name">What is asked for, with a version.</param>
    /// <returns><see langword="null"/> if the host has none of that name.</returns>
    public static Assembly? Find(AssemblyName name)
    {
        // Without a version the host's own is found by the runtime, or there is none.
        if (name.Version is null || name.CultureName is { Length: > 0 } || !Known.Contains(name.Name!))
        {
            return null;
        }

        return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name.Name!));
    }

    private static HashSet<string> Known { get; } =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator)
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
