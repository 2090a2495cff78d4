using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Worker;

/// <summary>The program that runs the cells, which only a kernel starts.</summary>
internal static class WorkerProgram
{
    /// <summary>How long a cell may take to stop when the kernel ends.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1.5);

    /// <summary>Serves until the kernel ends, and then ends this process and all that it started.</summary>
    /// <param name="input">The pipe from the kernel.</param>
    /// <param name="output">The pipe to the kernel.</param>
    /// <param name="word">The word of the marks in standard output and error.</param>
    /// <param name="engine">Makes what runs the cells.</param>
    public static void Run(string input, string output, string word, Func<ICellEngine> engine)
    {
        ProcessGroup.Begin();
        using var from = new AnonymousPipeClientStream(PipeDirection.In, input);
        using var to = new AnonymousPipeClientStream(PipeDirection.Out, output);
        ProcessGroup.KeepFromChildren(from.SafePipeHandle);
        ProcessGroup.KeepFromChildren(to.SafePipeHandle);
        using var pipe = new FramePipe(from, to);
        var streams = new OwnStreams();
        using var host = new WorkerHost(
            pipe,
            engine(),
            cell =>
            {
                streams.Restore();
                StreamMarks.Write(word, cell);
            }
        );

        // Ctrl-C is the stop button here too.
        using var control = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            signal =>
            {
                signal.Cancel = true;
                host.Interrupt();
            }
        );
        AppDomain.CurrentDomain.ProcessExit += (_, _) => host.Flush();
        host.Run();
        var waited = Stopwatch.StartNew();
        while (host.IsBusy && waited.Elapsed < Farewell)
        {
            Thread.Sleep(20);
        }

        // Not an orderly exit, which a cell could hold up.
        ProcessGroup.End(Environment.ProcessId);
        Process.GetCurrentProcess().Kill();
    }
}
