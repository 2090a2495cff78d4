using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Outputs;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Notebook.Engine;

/// <summary>
/// The directives that the host has beside the library's: <c>#!time</c>, <c>#!about</c>, <c>#!lsmagic</c>, <c>#!import</c>.
/// </summary>
internal static class NotebookDirectives
{
    /// <summary>The directive that runs a file.</summary>
    public const string Import = "#!import";

    /// <summary>Adds them.</summary>
    /// <param name="root">The languages.</param>
    /// <param name="kit">What the program brings along.</param>
    /// <param name="import">Runs a file.</param>
    public static void AddTo(CompositeKernel root, Kit kit, Func<string, Task> import)
    {
        Add(
            "#!time",
            "Says how long the cell takes from here on: wall time, compilation included.",
            (cell, _) =>
            {
                var clock = Stopwatch.StartNew();
                cell.AtEnd(() => cell.Output.Display(MimeBundle.OfText($"Wall time: {Text(clock.Elapsed)}")));
                return Task.CompletedTask;
            }
        );
        Add(
            "#!about",
            "Says which versions run the notebook.",
            (cell, _) =>
                Table(
                    cell,
                    [
                        (kit.Name, kit.Version),
                        ("C#", ScriptSession.Parsing.LanguageVersion.MapSpecifiedToEffectiveVersion().ToDisplayString()),
                        ("compiler", typeof(CSharpCompilation).Assembly.GetName().Version!.ToString(3)),
                        (".NET", Environment.Version.ToString()),
                        ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
                        ("working directory", Environment.CurrentDirectory),
                    ]
                )
        );
        Add(
            "#!lsmagic",
            "Lists the magics.",
            (cell, _) => Table(cell, All(root).Where(d => !d.Hidden).Select(d => (d.Name, d.Description ?? "")))
        );
        Add(
            Import,
            "Runs a file here: .cs, .csx, .dib, or the code cells of an .ipynb.",
            (_, words) => import(words),
            new KernelDirectiveParameter("--file") { AllowImplicitName = true, MaxOccurrences = int.MaxValue }
        );

        void Add(string name, string description, Func<CellScope, string, Task> run, params KernelDirectiveParameter[] parameters)
        {
            var directive = new KernelActionDirective(name, description);
            foreach (var parameter in parameters)
            {
                directive.Parameters.Add(parameter);
            }

            root.AddDirective(
                directive,
                async (command, context) =>
                {
                    if (CellScope.Starter is { } cell)
                    {
                        try
                        {
                            await run(cell, Words(command, name)).ConfigureAwait(false);
                        }
                        catch (CellException e)
                        {
                            cell.Fail(e);
                            context.Fail(context.Command, e, e.Message);
                        }
                    }
                }
            );
        }
    }

    /// <summary>All directives, those of the languages too.</summary>
    /// <param name="root">The languages.</param>
    public static IEnumerable<KernelDirective> All(CompositeKernel root) =>
        root
            .KernelInfo.SupportedDirectives.Concat(root.ChildKernels.SelectMany(k => k.KernelInfo.SupportedDirectives))
            .DistinctBy(d => d.Name);

    private static string Words(KernelCommand command, string name)
    {
        var line = command.ToString() ?? "";
        return line[(line.IndexOf(name, StringComparison.Ordinal) + name.Length)..].Trim();
    }

    private static Task Table(CellScope cell, IEnumerable<(string Name, string Value)> rows)
    {
        var table = new TextColumns([.. rows.Select(r => (string[])[r.Name, r.Value])]);
        cell.Output.Display(MimeBundle.Of((MimeBundle.Html, table.Html), (MimeBundle.PlainText, table.Text)));
        return Task.CompletedTask;
    }

    private static string Text(TimeSpan time) =>
        time switch
        {
            { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        };
}
