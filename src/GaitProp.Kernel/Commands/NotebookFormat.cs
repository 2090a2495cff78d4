using System.CommandLine;
using System.Text;
using GaitProp.Notebook.Notebooks;
using GaitProp.Notebook.Notebooks.Pages;

namespace GaitProp.Kernel.Commands;

/// <summary>What a notebook can be written as.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Extension">How its files end.</param>
internal sealed record NotebookFormat(string Name, string Extension)
{
    /// <summary>A Jupyter notebook, with outputs.</summary>
    public static NotebookFormat Jupyter { get; } = new("ipynb", ".ipynb");

    /// <summary>A file of Polyglot Notebooks, without outputs.</summary>
    public static NotebookFormat Dib { get; } = new("dib", DibFile.Extension);

    /// <summary>A text with its pictures in a folder beside it.</summary>
    public static NotebookFormat Markdown { get; } = new("markdown", ".md");

    /// <summary>A page in one file.</summary>
    public static NotebookFormat Html { get; } = new("html", ".html");

    /// <summary>The page, printed by an installed browser.</summary>
    public static NotebookFormat Pdf { get; } = new("pdf", ".pdf");

    /// <summary>What keeps the outputs of a run.</summary>
    public static IReadOnlyList<NotebookFormat> WithOutputs { get; } = [Jupyter, Markdown, Html, Pdf];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NotebookFormat> All { get; } = [.. WithOutputs, Dib];

    /// <summary><c>--to</c>.</summary>
    /// <param name="possible">The formats to choose from.</param>
    /// <param name="description">What it does.</param>
    public static Option<NotebookFormat?> ToOption(IReadOnlyList<NotebookFormat> possible, string description)
    {
        string[] names = [.. possible.Select(f => f.Name)];
        var to = new Option<NotebookFormat?>("--to")
        {
            Description = description,
            HelpName = string.Join("|", names),
            CustomParser = result => Words.One(result, "format", names) is { } word ? possible.Single(f => f.Name == word) : null,
        };
        to.CompletionSources.Add(names);
        return to;
    }

    /// <summary>Where a notebook goes.</summary>
    /// <param name="file">The notebook.</param>
    /// <param name="of">How many notebooks there are.</param>
    /// <param name="option">The option that names the place.</param>
    /// <param name="named">The file or folder that it names; beside the notebook if <see langword="null"/>.</param>
    /// <param name="to">The format, if it is said.</param>
    /// <param name="possible">The formats to choose from.</param>
    /// <exception cref="GaitPropException">No file has been named in which the notebook can be written: what to name.</exception>
    public static NotebookTarget Target(
        string file,
        int of,
        string option,
        string? named,
        NotebookFormat? to,
        IReadOnlyList<NotebookFormat> possible
    )
    {
        if (named is null)
        {
            return new(to!, Path.ChangeExtension(Path.GetFullPath(file), to!.Extension));
        }

        if (Directory.Exists(named) || Path.EndsInDirectorySeparator(named))
        {
            return new(
                to ?? Jupyter,
                Path.GetFullPath(Path.Combine(named, Path.GetFileNameWithoutExtension(file) + (to ?? Jupyter).Extension))
            );
        }

        if (of > 1)
        {
            throw new GaitPropException(
                $"{option} '{named}' is one file for {of} notebooks: name a folder that exists, or one with '{Path.DirectorySeparatorChar}' at its end."
            );
        }

        string[] extensions = [.. (to is null ? possible : [to]).Select(f => f.Extension)];
        return
            possible.FirstOrDefault(f =>
                Path.GetExtension(named).Equals(f.Extension, StringComparison.OrdinalIgnoreCase) && (to is null || to == f)
            )
                is { } format
            ? new(format, Path.GetFullPath(named))
            : throw new GaitPropException(
                $"{option} '{named}' does not end in {(extensions is [.. var first, var last] && first.Length > 0 ? $"{string.Join(", ", first)} or {last}" : extensions[0])}: name a file {Path.ChangeExtension(named, extensions[0])}, or a folder that exists."
            );
    }
}

/// <summary>A file that a notebook becomes.</summary>
/// <param name="Format">What it is.</param>
/// <param name="File">Its full path.</param>
internal sealed record NotebookTarget(NotebookFormat Format, string File)
{
    /// <summary>Writes it, complete on the disk before it takes its name, with what belongs beside it.</summary>
    /// <param name="context">Shows that a browser prints.</param>
    /// <param name="notebook">The notebook.</param>
    /// <param name="source">The notebook's full path: what its text links to lies there.</param>
    /// <param name="interrupt">Gives up.</param>
    /// <exception cref="GaitPropException">It cannot be written: why, where, and what to do.</exception>
    public void Write(CommandContext context, NotebookDocument notebook, string source, CancellationToken interrupt)
    {
        var (from, to, name) = (Path.GetDirectoryName(source)!, Path.GetDirectoryName(File)!, Path.GetFileNameWithoutExtension(source));
        NotebookCommand.Write([
            .. Format switch
            {
                _ when Format == NotebookFormat.Jupyter => [Text(notebook.Text())],
                _ when Format == NotebookFormat.Dib => [Text(DibFile.Text(notebook))],
                _ when Format == NotebookFormat.Html => [Text(NotebookPage.Html(notebook, name, new PageLinks(from, to)))],
                _ when Format == NotebookFormat.Markdown => Markdown(),
                _ => (IEnumerable<(string, byte[])>)[(File, Printed())],
            },
        ]);
        context.Out.Profile.Out.Writer.WriteLine(VisibleText.Of(File));

        (string, byte[]) Text(string text) => (File, Encoding.UTF8.GetBytes(text));

        IEnumerable<(string, byte[])> Markdown()
        {
            var folder = $"{Path.GetFileNameWithoutExtension(File)}_files";
            var page = new NotebookMarkdown(notebook, folder, new PageLinks(from, to));
            return [.. page.Pictures.Select(p => (Path.Combine(to, folder, p.Name), p.Content)), Text(page.Text)];
        }

        byte[] Printed()
        {
            var browser = InstalledChromium.Find();
            var page = NotebookPage.Html(notebook, name, new PageLinks(from, to: null));
            return context.Busy($"Printing {Path.GetFileName(File)} with {browser.Program}", () => browser.Print(page, interrupt));
        }
    }
}
