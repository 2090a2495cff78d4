using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// Has done what libraries need before code uses them (<see cref="Kit.BeforeUse"/>): when a cell names one for the first time, and when a
/// package loads one.
/// </summary>
internal static class LibraryOnUse
{
    private static Kit? s_kit;

    /// <summary>To be called before an assembly is run.</summary>
    /// <param name="assembly">The assembly; its position is moved back to the beginning.</param>
    /// <param name="kit">Knows the libraries.</param>
    /// <exception cref="CellException">A library that it needs cannot be used.</exception>
    public static void Before(Stream assembly, Kit kit)
    {
        if (Interlocked.Exchange(ref s_kit, kit) is null)
        {
            AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Loaded(loaded.LoadedAssembly.GetName().Name);
        }

        using (var file = new PEReader(assembly, PEStreamOptions.LeaveOpen))
        {
            var metadata = file.GetMetadataReader();
            foreach (var reference in metadata.AssemblyReferences)
            {
                if (kit.BeforeUse.TryGetValue(metadata.GetString(metadata.GetAssemblyReference(reference).Name), out var prepare))
                {
                    try
                    {
                        prepare();
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        throw new CellException(e.Message, e.GetType().Name);
                    }
                }
            }
        }

        assembly.Position = 0;
    }

    private static void Loaded(string? name)
    {
        if (name is not null && s_kit!.BeforeUse.TryGetValue(name, out var prepare))
        {
            try
            {
                prepare();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // An exception here would be lost; the library's own follows.
            }
        }
    }
}
