using System.Runtime.InteropServices;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.Assistance;
using GaitProp.Notebook.Outputs;
using Microsoft.CodeAnalysis;

namespace GaitProp.Notebook.Engine;

/// <summary>Makes the compiler, the formatters and completion ready before the first cell or keystroke comes.</summary>
internal static partial class WarmUp
{
    private static readonly TaskCompletionSource Compiled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int s_started;

    /// <summary>
    /// Completes when the compiler is ready, or has failed to be. A first cell that does not wait would only do the same work a second
    /// time.
    /// </summary>
    public static Task CompilerReady => Compiled.Task;

    /// <summary>Compiles and runs small texts, formats a value and completes a word, all in the background, once a process.</summary>
    /// <param name="kit">What the program brings along.</param>
    /// <param name="editor">Whether an editor may ask for completion.</param>
    public static void Begin(Kit kit, bool editor = false)
    {
        if (Interlocked.Exchange(ref s_started, 1) == 0)
        {
            InBackground(() => Compiler(kit));
            InBackground(() => Formatters(kit));
            if (editor)
            {
                InBackground(() => Completion(kit));
            }
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

    /// <summary>
    /// An editor gives a completion up after two seconds, and its services take that long to start. They need not wait for the references
    /// of cells: those of .NET's core are enough to start them.
    /// </summary>
    private static void Completion(Kit kit)
    {
        StandBack();
        const string Code = "Console.";
        using var workspace = new SubmissionWorkspace(
            new ScriptSession(kit, [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)])
        );
        CodeCompletion.AtAsync(workspace.Document(Code), Code.Length, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Gives this thread less of a busy processor than the first cell has.</summary>
    private static void StandBack()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux())
        {
            // .NET leaves the priorities of threads alone there. Of "which process, 0" Linux makes this thread.
            const int Process = 0;
            _ = SetPriority(Process, 0, 10);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int value);

    private static void Run(ScriptSession session, string code) =>
        session.RunAsync(session.Compile(code, "warm-up", CancellationToken.None)).GetAwaiter().GetResult();
}
