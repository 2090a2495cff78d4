using System.CommandLine;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Kernel.Commands;

/// <summary><c>notebook convert FILE --to FORMAT</c>: notebooks in another format, without running them.</summary>
internal static class NotebookConversion
{
    public static Command Build(CommandContext context)
    {
        var files = new Argument<string[]>("FILE") { Description = "The notebooks: .ipynb or .dib.", Arity = ArgumentArity.OneOrMore };
        var to = NotebookFormat.ToOption(
            NotebookFormat.All,
            "The format: markdown with pictures in a folder beside it, html in one file, pdf (an installed Chromium, Chrome or Edge prints it), ipynb, or dib, which keeps no outputs. Default: what --out ends in."
        );
        var save = SharedOptions.Word(
            "--out",
            "The file to write, or a folder (which several notebooks need). Default: beside the notebook.",
            "FILE"
        );
        var convert = new Command("convert", "Write notebooks in another format, without running them.") { files, to, save };
        convert.SetAction(
            (parsed, interrupt) =>
                Task.FromResult(Run(context, parsed.GetValue(files)!, parsed.GetValue(to), parsed.GetValue(save), interrupt))
        );
        return convert;
    }

    private static int Run(CommandContext context, string[] files, NotebookFormat? to, string? save, CancellationToken interrupt)
    {
        if (
            to is null
            && (
                save is null
                || !NotebookFormat.All.Any(f => Path.GetExtension(save).Equals(f.Extension, StringComparison.OrdinalIgnoreCase))
            )
        )
        {
            throw new GaitPropException(
                $"{(save is null ? "notebook convert" : $"--out '{save}'")} does not say which format: add --to {string.Join("|", NotebookFormat.All.Select(f => f.Name))}."
            );
        }

        var jobs = files
            .Select(file =>
                (
                    File: file,
                    Notebook: NotebookReader.Read(file),
                    Target: NotebookFormat.Target(file, files.Length, "--out", save, to, NotebookFormat.All)
                )
            )
            .ToArray();
        if (jobs.FirstOrDefault(j => j.Target.File == Path.GetFullPath(j.File)) is { File: { } same })
        {
            throw new GaitPropException(
                $"{(save is null ? "What would be written" : $"--out '{save}'")} is the notebook itself: name another file than '{same}'."
            );
        }

        NotebookCommand.Prepare(jobs.Select(j => (j.File, j.Target)));
        foreach (var (file, notebook, target) in jobs)
        {
            interrupt.ThrowIfCancellationRequested();
            target.Write(context, notebook, Path.GetFullPath(file), interrupt);
        }

        return CommandLine.Success;
    }
}
