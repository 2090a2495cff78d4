using System.Runtime.InteropServices;
using GaitProp.Notebook.Protocol;
using GaitProp.Notebook.Worker;
using NetMQ;

namespace GaitProp.Notebook.Server;

/// <summary>The program that a front end starts.</summary>
internal static class KernelProgram
{
    /// <summary>How long the network library may take to end.</summary>
    private static readonly TimeSpan Cleanup = TimeSpan.FromSeconds(2);

    /// <summary>Serves until a front end asks for the end, the parent has gone, or a signal other than Ctrl-C comes.</summary>
    /// <param name="connectionFile">Where the front end wants the kernel.</param>
    /// <param name="info">What the kernel says of itself.</param>
    /// <param name="worker">Starts a process that runs the cells.</param>
    /// <exception cref="NotebookException">The file cannot be read, or a port is taken.</exception>
    public static async Task RunAsync(string connectionFile, KernelInfo info, WorkerStart worker)
    {
        var log = new KernelLog(Console.Error, info.Name);
        var connection = ConnectionFile.Read(connectionFile);
        foreach (var warning in connection.Warnings())
        {
            log.Write(warning);
        }

        InterruptSignal.TakeAgain();
        ProcessGroup.Adopt();

        // A front end that restarts a kernel sends a signal too, when the kernel is ending already: that must not cut its end short.
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var interrupt = () => { };
        using var control = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            signal =>
            {
                // The stop button of front ends that have no other way.
                signal.Cancel = true;
                interrupt();
            }
        );
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        await using (var engine = new RemoteEngine(worker, log.Write))
        using (var kernel = new JupyterKernel(connection, engine, info, log))
        using (var watched = new CancellationTokenSource())
        {
            interrupt = kernel.Interrupt;
            await Task.WhenAny(kernel.Ended, signalled.Task, ParentWatch.EndedAsync(watched.Token));
            await watched.CancelAsync();
        }

        foreach (var ended in ProcessGroup.EndAdopted())
        {
            log.Write($"ended with the kernel: {ended}, which a cell had started");
        }

        // It may wait for a client that has gone; the process does not.
        _ = Task.Run(() => NetMQConfig.Cleanup(block: true)).Wait(Cleanup);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            signalled.TrySetResult();
        }
    }
}
