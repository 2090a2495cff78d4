using System.CommandLine;
using GaitProp.Kernel.Jupyter;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Kernel.Commands;

/// <summary><c>notebook new FILE</c>: a notebook to begin with, which runs as it is.</summary>
internal static class NotebookTemplates
{
    /// <summary>What stands in a template for the notebook's title.</summary>
    private const string TitleMark = "{title}";

    private static readonly (string Name, string What)[] Templates =
    [
        ("compare", "two rules trained side by side, with parameters at the top"),
        ("rule", "a learning rule of your own, its angles and a training"),
        ("loop", "a training loop of your own"),
    ];

    public static Command Build(CommandContext context)
    {
        string[] names = [.. Templates.Select(t => t.Name)];
        var file = new Argument<string>("FILE") { Description = "The notebook to write: FILE.ipynb. A file that is there stays as it is." };
        var template = SharedOptions.OneOf(
            "--template",
            $"What it begins with: {string.Join("; ", Templates.Select(t => $"{t.Name}, {t.What}"))}. Default: {names[0]}.",
            "template",
            names
        );
        var create = new Command("new", "Write a notebook to begin with. It runs as it is, on the embedded images, within a minute or two.")
        {
            file,
            template,
        };
        create.SetAction(parsed =>
        {
            Run(context, parsed.GetValue(file)!, parsed.GetValue(template) ?? names[0]);
            return CommandLine.Success;
        });
        return create;
    }

    private static void Run(CommandContext context, string file, string template)
    {
        if (!Path.GetExtension(file).Equals(NotebookFormat.Jupyter.Extension, StringComparison.OrdinalIgnoreCase))
        {
            throw new GaitPropException(
                $"'{file}' does not end in {NotebookFormat.Jupyter.Extension}: name a file {Path.ChangeExtension(file, NotebookFormat.Jupyter.Extension)}."
            );
        }

        var target = Path.GetFullPath(file);
        if (Path.Exists(target))
        {
            throw new GaitPropException($"'{file}' is there already and stays as it is: name another file.");
        }

        NotebookCommand.Write(target, Of(template, Path.GetFileNameWithoutExtension(file)).Text());
        context.Out.Profile.Out.Writer.WriteLine(VisibleText.Of(target));
    }

    /// <summary>A template as a notebook of this kernel.</summary>
    /// <param name="template">Its name.</param>
    /// <param name="title">The notebook's title.</param>
    private static NotebookDocument Of(string template, string title)
    {
        using var stream = typeof(NotebookTemplates).Assembly.GetManifestResourceStream($"GaitProp.Kernel.Templates.{template}.ipynb")!;
        using var reader = new StreamReader(stream);
        var notebook = NotebookReader.Parse(reader.ReadToEnd(), template);
        notebook.NameKernel(KernelSpec.Kernel);
        foreach (var cell in notebook.Cells)
        {
            cell.Node["source"] = cell.Source.Replace(TitleMark, title, StringComparison.Ordinal);
        }

        return notebook;
    }
}
