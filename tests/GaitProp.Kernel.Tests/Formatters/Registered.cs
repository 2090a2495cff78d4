using System.Runtime.CompilerServices;
using GaitProp.Kernel.Formatters;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.Tests.Formatters;

/// <summary>The kit's formatters, as the program registers them before it shows the first value.</summary>
internal static class Registered
{
#pragma warning disable CA2255 // A test program is a program.
    [ModuleInitializer]
    internal static void Begin() => Formatted.Prepare(GaitPropFormatters.Register);
#pragma warning restore CA2255
}
