using GaitProp.Kernel.Jupyter.Protocol;
using GaitProp.Kernel.Jupyter.Server;

namespace GaitProp.Kernel.Tests.Jupyter.Server;

/// <summary>A kernel in this process, with an engine that does what the test says.</summary>
internal sealed class RunningKernel : IDisposable
{
    private readonly StringWriter _log = new();

    public RunningKernel()
    {
        Connection = KernelClient.Ports();
        Kernel = new JupyterKernel(Connection, Engine, new KernelLog(_log));
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
