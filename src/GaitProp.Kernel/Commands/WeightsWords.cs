using System.CommandLine;
using GaitProp.Storage;
using GaitProp.Training;

namespace GaitProp.Kernel.Commands;

/// <summary>Understands the words that name weights: a run, a checkpoint, or a file of weights.</summary>
internal static class WeightsWords
{
    /// <summary>An argument that names weights.</summary>
    /// <param name="name">What help calls it.</param>
    /// <param name="description">What it is.</param>
    /// <param name="runs">The option with the folder of the runs.</param>
    public static Argument<string> Argument(string name, string description, Option<string> runs)
    {
        var argument = new Argument<string>(name) { Description = $"{description}.", HelpName = name };
        argument.CompletionSources.Add(context => RunsCommand.Known(context, runs));
        return argument;
    }

    /// <summary>The file or folder that words name: a file as it is or in the folder of the runs, else a run.</summary>
    /// <param name="words">The words.</param>
    /// <param name="runs">The folder of the runs.</param>
    /// <param name="report">Told, in a line each, what was found damaged and done without.</param>
    /// <exception cref="GaitPropException">They name nothing, or it has no weights.</exception>
    public static SavedWeights Open(string words, string runs, Action<string> report)
    {
        var path = HomePath.Expand(words);
        foreach (var file in (string[])[path, Path.Combine(runs, path)])
        {
            if (File.Exists(file))
            {
                return SavedWeights.Read(file);
            }
        }

        if (Path.GetExtension(path) == ".safetensors")
        {
            throw new GaitPropException($"there is no file {Path.GetFullPath(path)}: name a run, a checkpoint or a file of weights.");
        }

        var run = new RunStore(runs).Find(words);
        return SavedWeights.OfRun(
            run.Problem is { } problem && run.State == RunState.Damaged
                ? throw new GaitPropException($"run {run.QualifiedName} cannot be used: {problem}")
                : run.Folder,
            report
        );
    }
}
