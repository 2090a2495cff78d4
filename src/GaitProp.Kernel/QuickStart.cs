using GaitProp.Kernel.Commands;
using GaitProp.Kernel.Jupyter;
using GaitProp.Notebook;
using GaitProp.Notebook.Engine;
using GaitProp.Notebook.Server;
using GaitProp.Notebook.Worker;
using GaitProp.Training;

namespace GaitProp.Kernel;

/// <summary>
/// Starts a kernel, or its worker, and says the version, without the command model: that takes longer to build than a first cell or a
/// script should wait, and the kernel handles signals in its own way.
/// </summary>
internal static class QuickStart
{
    /// <summary>Does what a command line asks for, if it is one of these; <see langword="null"/> if it is not.</summary>
    /// <param name="words">The words of the command line.</param>
    /// <returns>The exit code.</returns>
    public static Task<int>? Serve(string[] words)
    {
        switch (words)
        {
            case ["--version"]:
                Console.WriteLine(OwnProgram.Version);
                return Task.FromResult(CommandLine.Success);
            case ["jupyter", "start", var file] when !file.StartsWith('-'):
                return ServeAsync(file);
            case ["jupyter", OwnProgram.WorkerVerb, var input, var output, var word, .. var asked]:
                WarmUp.Begin(GaitPropKit.Kit, editor: asked is [OwnProgram.ForAnEditor]);
                using (CheckpointRequest.OnSignal())
                {
                    WorkerProgram.Run(input, output, word, () => new NotebookEngine(GaitPropKit.Kit));
                }

                return Task.FromResult(CommandLine.Success);
            default:
                return null;
        }
    }

    private static async Task<int> ServeAsync(string file)
    {
        try
        {
            await KernelProgram.RunAsync(file, OwnProgram.Info, OwnProgram.StartEditorsWorker);
            return CommandLine.Success;
        }
        catch (NotebookException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return CommandLine.Failure;
        }
    }
}
