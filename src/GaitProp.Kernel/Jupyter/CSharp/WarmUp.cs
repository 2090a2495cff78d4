namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>Makes the compiler ready before the first cell comes.</summary>
internal static class WarmUp
{
    private static int s_started;

    /// <summary>Compiles and runs small texts in the background, once a process.</summary>
    public static void Compiler()
    {
        if (Interlocked.Exchange(ref s_started, 1) == 0)
        {
            _ = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private static void Run()
    {
        var session = new ScriptSession();
        foreach (var code in new[] { "var x = 1; x + 1", "x + 2", "foreach (var i in Enumerable.Range(0, 2).Select(i => i + x)) { }" })
        {
            session.RunAsync(session.Compile(code, "warm-up", CancellationToken.None)).GetAwaiter().GetResult();
        }
    }
}
