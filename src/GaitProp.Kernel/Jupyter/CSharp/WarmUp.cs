using GaitProp.Kernel.Formatters;

namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>Makes the compiler and the formatters ready before the first cell comes.</summary>
internal static class WarmUp
{
    private static readonly TaskCompletionSource Compiled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int s_started;

    /// <summary>Completes when the compiler is ready, or has failed to be. A first cell that does not wait would only do the same work a second time.</summary>
    public static Task CompilerReady => Compiled.Task;

    /// <summary>Compiles and runs small texts and formats a value, both in the background, once a process.</summary>
    public static void Begin()
    {
        if (Interlocked.Exchange(ref s_started, 1) == 0)
        {
            InBackground(Compiler);
            InBackground(Formatters);
        }
    }

    private static void InBackground(Action work) => _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Formatters() => _ = Formatted.Bundle(1);

    private static void Compiler()
    {
        ScriptSession session;
        try
        {
            session = new ScriptSession();
            Run(session, "var x = 1; x + 1");
            Run(session, "x + 2");
        }
        finally
        {
            Compiled.SetResult();
        }

        // The rest not beside the first cells: they are what people wait for.
        Thread.Sleep(TimeSpan.FromSeconds(2));
        Run(session, "foreach (var i in Enumerable.Range(0, 2).Select(i => i + x)) { }");
    }

    private static void Run(ScriptSession session, string code) => session.RunAsync(session.Compile(code, "warm-up", CancellationToken.None)).GetAwaiter().GetResult();
}
