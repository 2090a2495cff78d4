using GaitProp.Notebook.CSharp;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Connection;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Notebook.Jupyter;

/// <summary><c>#!connect jupyter</c>: adds the language of an installed kernel.</summary>
internal sealed class ConnectJupyter : ConnectKernelDirective<ConnectJupyterCommand>
{
    private readonly Func<object, object> _plain;

    /// <summary>The directive.</summary>
    /// <param name="plain">An array in the place of a value that is one in another form.</param>
    public ConnectJupyter(Func<object, object> plain)
        : base("jupyter", "Starts an installed Jupyter kernel and adds its language.")
    {
        _plain = plain;
        Parameters.Add(
            new KernelDirectiveParameter("--kernel-spec", "The kernel: 'jupyter kernelspec list' names those that are installed.")
            {
                Required = true,
            }.AddCompletions(() => InstalledKernel.Names)
        );
    }

    /// <inheritdoc/>
    public override async Task<IEnumerable<Kernel>> ConnectKernelsAsync(
        ConnectJupyterCommand connectCommand,
        KernelInvocationContext context
    )
    {
        var kernel = InstalledKernel.Find(connectCommand.KernelSpec);
        var connection = await KernelConnection
            .StartAsync(kernel, CellScope.Starter?.Interrupt ?? context.CancellationToken)
            .ConfigureAwait(false);
        return [new JupyterCellKernel(connectCommand.ConnectedKernelName, kernel, connection, _plain)];
    }
}

/// <summary>What <c>#!connect jupyter</c> says.</summary>
/// <param name="connectedKernelName">The name of the language.</param>
internal sealed class ConnectJupyterCommand(string connectedKernelName) : ConnectKernelCommand(connectedKernelName)
{
    /// <summary>The kernel's name among those that are installed.</summary>
    public string KernelSpec { get; set; } = "";
}
