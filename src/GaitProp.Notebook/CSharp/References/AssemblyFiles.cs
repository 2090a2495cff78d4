using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace GaitProp.Notebook.CSharp.References;

/// <summary>
/// Where the assemblies and native libraries lie that cells have asked for with <c>#r</c>: .NET finds them there when code needs them.
/// </summary>
internal static class AssemblyFiles
{
    private static readonly ConcurrentDictionary<string, string> Managed = new(StringComparer.OrdinalIgnoreCase);
    private static readonly ConcurrentDictionary<string, string> Native = new(StringComparer.Ordinal);

    static AssemblyFiles()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            name.Name is { } simple && Managed.TryGetValue(simple, out var file) ? context.LoadFromAssemblyPath(file) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            NativeNames(name).Select(n => Native.GetValueOrDefault(n)).OfType<string>().FirstOrDefault() is { } file
                ? NativeLibrary.Load(file)
                : IntPtr.Zero;
    }

    /// <summary>Makes an assembly loadable.</summary>
    /// <param name="file">Its file.</param>
    /// <returns>The file of another assembly of that name which is loaded already and stays, or <see langword="null"/>.</returns>
    public static string? Add(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (
            Managed.TryGetValue(name, out var known)
            && known != file
            && AppDomain.CurrentDomain.GetAssemblies().Any(a => !a.IsDynamic && a.GetName().Name == name)
        )
        {
            return known;
        }

        Managed[name] = file;
        return null;
    }

    /// <summary>Makes a native library loadable.</summary>
    /// <param name="file">Its file.</param>
    public static void AddNative(string file) => Native[Path.GetFileName(file)] = file;

    /// <summary>Whether a build of this assembly is loaded that another file of the same name has replaced since.</summary>
    /// <param name="file">The file.</param>
    public static bool IsOlderLoaded(string file)
    {
        var name = AssemblyName.GetAssemblyName(file);
        var loaded = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => !a.IsDynamic && a.GetName().Name == name.Name);
        return loaded is not null && loaded.ManifestModule.ModuleVersionId != Mvid(file);
    }

    private static Guid Mvid(string file)
    {
        using var stream = File.OpenRead(file);
        using var reader = new System.Reflection.PortableExecutable.PEReader(stream);
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(reader);
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }

    private static string[] NativeNames(string name) =>
        [name, $"{name}.so", $"lib{name}.so", $"lib{name}", $"{name}.dylib", $"lib{name}.dylib", $"{name}.dll"];
}
