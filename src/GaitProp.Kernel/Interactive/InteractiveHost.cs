using GaitProp.Kernel.Commands;
using GaitProp.Kernel.Formatters;
using GaitProp.Kernel.Jupyter.Cells;
using GaitProp.Kernel.Jupyter.Commands;
using GaitProp.Runtime;

namespace GaitProp.Kernel.Interactive;

/// <summary>What <c>interactive-extensions/dotnet/extension.dib</c> asks for, so that <c>#!gaitprop</c> works in .NET Interactive too.</summary>
public static class InteractiveHost
{
    /// <summary>The magic command.</summary>
    public const string Name = "#!gaitprop";

    /// <summary>The command with all of its verbs, options and completions.</summary>
    public static HostDirective Directive => HostDirectives.Of(Name, () => GaitPropMagic.Model);

    /// <summary>Loads libtorch, before TorchSharp looks for it in its own way, and registers the formatters.</summary>
    /// <returns>The line that greets the user.</returns>
    public static string Start()
    {
        HostAssemblies.Prefer();
        GaitPropFormatters.Register();
        var version = CommandLine.Version.Split('+')[0];
        try
        {
            LibTorch.Load();
            return $"GaitProp {version} with libtorch {LibTorch.Metadata("LibTorchVersion")}: {Name} --help lists the verbs.";
        }
        catch (GaitPropException e)
        {
            return $"GaitProp {version} without tensors: {e.Message}";
        }
    }

    /// <summary>Runs a line of the command.</summary>
    /// <param name="line">The line; what comes before <see cref="Name"/> is skipped.</param>
    /// <param name="verb">The verb that the host found in it: of a line that has nothing else, the host tells only the command's name.</param>
    /// <param name="cell">Where its output goes, and the notebook's variables.</param>
    /// <param name="interrupt">The stop button.</param>
    /// <returns><see langword="null"/> if all went well, else what went wrong, in a line.</returns>
    public static async Task<string?> RunAsync(string line, string verb, IHostCell cell, CancellationToken interrupt)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(cell);
        var start = line.IndexOf(Name, StringComparison.Ordinal);
        var words = line[(start < 0 ? 0 : start + Name.Length)..].Trim();
        var output = new HostCellOutput(cell);
        try
        {
            await new GaitPropMagic().RunAsync(new MagicCall(words.Length == 0 ? verb : words, "", output, new HostCellVariables(cell)), interrupt).ConfigureAwait(false);
            return null;
        }
        catch (CellException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return "The cell was stopped; all variables are as they were at that moment.";
        }
        finally
        {
            output.Flush();
        }
    }
}
