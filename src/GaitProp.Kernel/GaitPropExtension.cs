using GaitProp.Kernel.CellCommands;
using GaitProp.Kernel.Formatters;
using GaitProp.Kernel.Interactive;
using GaitProp.Kernel.Jupyter;
using GaitProp.Kernel.Languages;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Sql;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;

namespace GaitProp.Kernel;

/// <summary>
/// <c>#!gaitprop</c> and the kit's formatters in a kernel of .NET Interactive: the published tool, or the kit's own. <c>#r "nuget:
/// GaitProp.Kernel"</c> loads it there by way of <c>interactive-extensions/dotnet/extension.dib</c>.
/// </summary>
public sealed class GaitPropExtension : IKernelExtension
{
    /// <summary>The namespaces that cells of C# use without saying so: .NET's usual ones, the kit's and TorchSharp's.</summary>
    internal static IReadOnlyList<string> Namespaces { get; } =
    [
        "System",
        "System.Collections",
        "System.Collections.Generic",
        "System.Data",
        "System.Diagnostics",
        "System.Globalization",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Text",
        "System.Text.RegularExpressions",
        "System.Threading",
        "System.Threading.Tasks",
        "Microsoft.DotNet.Interactive.Formatting",
        "TorchSharp",
        "GaitProp",
        "GaitProp.Experiments",
        "GaitProp.Kernel.Formatters",
    ];

    /// <summary>Adds the command, the formatters and the usings, and shows one line that says so. Again, it does nothing.</summary>
    /// <param name="kernel">The kernel, or any of its children.</param>
    public async Task OnLoadAsync(Microsoft.DotNet.Interactive.Kernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var root = kernel.RootKernel;
        if (root.KernelInfo.SupportedDirectives.Any(d => d.Name == GaitPropMagic.Name))
        {
            return;
        }

        var greeting = Start();
        AddTo(root);
        if (root is CompositeKernel languages)
        {
            AddLanguages(languages);
            HostFSharp.Prepare(languages, Namespaces.Where(n => n.StartsWith("GaitProp", StringComparison.Ordinal) || n == "TorchSharp"));
        }

        if (root.FindKernelByName(HostCellVariables.CSharp) is { } csharp)
        {
            var usings = new SubmitCode(string.Concat(Namespaces.Select(n => $"using {n};\n")));
            if (KernelInvocationContext.Current is { HandlingKernel: var running } current && running == csharp)
            {
                // The script that loads the extension is C# too: at its end it leaves what was there when it began, and the usings were
                // lost.
                current.OnComplete(_ => csharp.SendAsync(usings));
            }
            else
            {
                await csharp.SendAsync(usings).ConfigureAwait(false);
            }
        }

        KernelInvocationContext.Current?.DisplayAs(greeting, MimeBundle.PlainText);
    }

    /// <summary>Adds the command alone.</summary>
    /// <param name="root">The kernel that has all others.</param>
    internal static void AddTo(Microsoft.DotNet.Interactive.Kernel root)
    {
        var directive = HostDirectives.Of(GaitPropMagic.Name, GaitPropMagic.Model);
        root.AddDirective(directive, (command, context) => RunAsync(command, "", context));
        foreach (var verb in directive.Subcommands)
        {
            // A handler is found by the verb. As a directive of its own a verb is nothing to list.
            verb.Hidden = true;
            root.AddDirective(verb, (command, context) => RunAsync(command, verb.Name, context));
        }

        root.AddMiddleware(HostAssistance.AnswerAsync);
    }

    /// <summary>
    /// Adds SQL over the runs: <c>#!sql</c>, or where the host has a language of that name, as the published tool has, <c>#!duckdb</c>; not
    /// where both names are taken.
    /// </summary>
    /// <param name="root">The languages.</param>
    internal static void AddLanguages(CompositeKernel root)
    {
        const string Sql = "sql";
        const string DuckDb = "duckdb";
        var isFree = root.FindKernelByName(Sql) is null;
        if (isFree || root.FindKernelByName(DuckDb) is null)
        {
            root.Add(new SqlKernel(isFree ? Sql : DuckDb, RunViews.Source, TensorArray.Plain), isFree ? [DuckDb] : []);
        }
    }

    /// <summary>Loads libtorch, before TorchSharp looks for it in its own way, and registers the formatters.</summary>
    private static string Start()
    {
        HostAssemblies.Prefer();
        GaitPropFormatters.Register();
        var version = OwnProgram.PackageVersion;
        try
        {
            LibTorch.Load();
            return $"GaitProp {version} with libtorch {LibTorch.Metadata("LibTorchVersion")}: {GaitPropMagic.Name} --help lists the verbs.";
        }
        catch (GaitPropException e)
        {
            return $"GaitProp {version} without tensors: {e.Message}";
        }
    }

    /// <summary>Runs a line of the command.</summary>
    /// <param name="command">The host's command, whose text has the line.</param>
    /// <param name="verb">The verb that the host found in it: of a line that has nothing else, the host tells only the command's
    /// name.</param>
    /// <param name="context">Where its output goes.</param>
    private static async Task RunAsync(KernelCommand command, string verb, KernelInvocationContext context)
    {
        var line = command.ToString() ?? "";
        var start = line.IndexOf(GaitPropMagic.Name, StringComparison.Ordinal);
        var words = start < 0 ? "" : line[(start + GaitPropMagic.Name.Length)..].Trim();
        var output = new HostCellOutput(context);

        // The kit's own host stops its cells by a token of its own.
        var stop = CellScope.Starter?.Interrupt ?? context.CancellationToken;
        try
        {
            var variables = HostCellVariables.Of(context, line[Math.Max(start, 0)..]);
            await GaitPropMagic.RunAsync(words.Length == 0 ? verb : words, output, variables, stop).ConfigureAwait(false);
        }
        catch (CellException e)
        {
            output.Flush();
            context.Fail(context.Command, e, e.Message);
        }
        catch (OperationCanceledException e) when (stop.IsCancellationRequested)
        {
            output.Flush();
            context.Fail(context.Command, e, "The cell was stopped; all variables are as they were at that moment.");
        }
        finally
        {
            output.Flush();
        }
    }
}
