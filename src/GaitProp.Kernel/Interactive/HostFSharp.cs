using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using TorchSharp;

namespace GaitProp.Kernel.Interactive;

/// <summary>
/// F# of the published host. <c>#r "nuget: …"</c> of a C# cell tells F# nothing, and F# then refuses shared values of the kit's types and
/// does not say so: the kit's assemblies are referenced before the first use of F#, not earlier, because F# takes seconds to start.
/// </summary>
internal static class HostFSharp
{
    private const string Name = "fsharp";

    /// <summary>Has the host's F# know the kit's types from its first command on. A host without F# stays without.</summary>
    /// <param name="root">The host's languages.</param>
    /// <param name="namespaces">Those of the kit, which F# opens.</param>
    public static void Prepare(CompositeKernel root, IEnumerable<string> namespaces)
    {
        if (root.FindKernelByName(Name) is not { } fsharp)
        {
            return;
        }

        var prepared = 0;
        fsharp.AddMiddleware(
            async (command, context, next) =>
            {
                // What only asks what F# is does not begin to use it.
                if (
                    command is SubmitCode or SendValue or RequestValue or RequestCompletions or RequestHoverText
                    && Interlocked.Exchange(ref prepared, 1) == 0
                )
                {
                    await fsharp.SendAsync(new SubmitCode(References(namespaces))).ConfigureAwait(false);
                }

                await next(command, context).ConfigureAwait(false);
            }
        );
    }

    private static string References(IEnumerable<string> namespaces)
    {
        string[] files =
        [
            typeof(torch).Assembly.Location,
            typeof(Experiments.Experiment).Assembly.Location,
            typeof(HostFSharp).Assembly.Location,
        ];
        return string.Join('\n', files.Select(f => $"#r @\"{f}\"").Concat(namespaces.Select(n => $"open {n}")));
    }
}
