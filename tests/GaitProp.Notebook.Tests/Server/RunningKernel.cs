using GaitProp.Notebook.Protocol;
using GaitProp.Notebook.Server;

namespace GaitProp.Notebook.Tests.Server;

/// <summary>A kernel in this process, with an engine that does what the test says.</summary>
internal sealed class RunningKernel : IDisposable
{
    private readonly StringWriter _log = new();

    public RunningKernel()
    {
        (Connection, Kernel) = KernelClient.Listening(connection => new JupyterKernel(
            connection,
            Engine,
            OwnProgram.Info,
            new KernelLog(_log, "gaitprop")
        ));
        Client = Connect();
    }

    public ConnectionFile Connection { get; }

    public JupyterKernel Kernel { get; }

    public ScriptedEngine Engine { get; } = new();

    public KernelClient Client { get; }

    public string Log => _log.ToString();

    public KernelClient Connect() => new KernelClient(Connection).Welcomed();

    public void Dispose()
    {
        Client.Dispose();
        Kernel.Dispose();
    }
}
