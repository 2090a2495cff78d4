using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using GaitProp.Kernel.Jupyter.Cells;
using GaitProp.Runtime;

namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>Loads libtorch when a cell first touches tensors, before TorchSharp looks for it in its own way.</summary>
internal static class LibTorchOnUse
{
    private const string TorchSharp = "TorchSharp";

    static LibTorchOnUse()
    {
        // A package may use it where no cell does.
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) =>
        {
            if (loaded.LoadedAssembly.GetName().Name == TorchSharp)
            {
                try
                {
                    LibTorch.Load();
                }
                catch (GaitPropException)
                {
                    // An exception here would be lost; TorchSharp's own follows.
                }
            }
        };
    }

    /// <summary>To be called before an assembly is run.</summary>
    /// <param name="assembly">The assembly; its position is moved back to the beginning.</param>
    /// <exception cref="CellException">It needs libtorch, which cannot be loaded.</exception>
    public static void Before(Stream assembly)
    {
        using (var file = new PEReader(assembly, PEStreamOptions.LeaveOpen))
        {
            var metadata = file.GetMetadataReader();
            if (metadata.AssemblyReferences.Any(r => metadata.StringComparer.Equals(metadata.GetAssemblyReference(r).Name, TorchSharp)))
            {
                try
                {
                    LibTorch.Load();
                }
                catch (GaitPropException e)
                {
                    throw new CellException(e.Message, nameof(GaitPropException));
                }
            }
        }

        assembly.Position = 0;
    }
}
