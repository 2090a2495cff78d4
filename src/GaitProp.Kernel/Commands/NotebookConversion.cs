using System.CommandLine;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Kernel.Commands;

/// <summary><c>notebook convert FILE --out FILE</c>: a notebook in the other format, .ipynb or .dib, without running it.</summary>
internal static class NotebookConversion
{
    private const string Jupyter = ".ipynb";

    public static Command Build(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The notebook: .ipynb or .dib." };
        var save = new Option<string>("--out") { Description = "The file to write: FILE.dib, which keeps no outputs, or FILE.ipynb.", HelpName = "FILE", Required = true };
        var convert = new Command("convert", "Write a notebook in another format, without running it.") { file, save };
        convert.SetAction(parsed =>
        {
            Run(context, parsed.GetValue(file)!, parsed.GetValue(save)!);
            return CommandLine.Success;
        });
        return convert;
    }

    private static void Run(CommandContext context, string file, string save)
    {
        var notebook = NotebookReader.Read(file);
        var target = Path.GetFullPath(save);
        if (target == Path.GetFullPath(file))
        {
            throw new GaitPropException($"--out '{save}' is the notebook itself: name another file.");
        }

        var text = Path.GetExtension(save).ToLowerInvariant() switch
        {
            Jupyter => notebook.Text(),
            DibFile.Extension => DibFile.Text(notebook),
            _ => throw new GaitPropException($"--out '{save}' does not say which format: name a file that ends in {Jupyter} or {DibFile.Extension}."),
        };
        NotebookCommand.Write(target, text);
        context.Out.Profile.Out.Writer.WriteLine(VisibleText.Of(target));
    }
}
