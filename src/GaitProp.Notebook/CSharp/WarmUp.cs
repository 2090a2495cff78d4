using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.CSharp;

/// <summary>Makes the compiler and the formatters ready before the first cell comes.</summary>
internal static class WarmUp
{
    private static readonly TaskCompletionSource Compiled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int s_started;

    /// <summary>
    /// Completes when the compiler is ready, or has failed to be. A first cell that does not wait would only do the same work a second
    /// time.
    /// </summary>
    public static Task CompilerReady => Compiled.Task;

    /// <summary>Compiles and runs small texts and formats a value, both in the background, once a process.</summary>
    /// <param name="kit">What the program brings along.</param>
    public static void Begin(Kit kit)
    {
        if (Interlocked.Exchange(ref s_started, 1) == 0)
        {
            InBackground(() => Compiler(kit));
            InBackground(() => Formatters(kit));
        }
    }

    private static void InBackground(Action work) =>
        _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Formatters(Kit kit)
    {
        Formatted.Prepare(kit.RegisterFormatters);
        _ = Formatted.Bundle(1);
    }

    private static void Compiler(Kit kit)
    {
        ScriptSession session;
        try
        {
            session = new ScriptSession(kit);
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

    private static void Run(ScriptSession session, string code) =>
        session.RunAsync(session.Compile(code, "warm-up", CancellationToken.None)).GetAwaiter().GetResult();
}
