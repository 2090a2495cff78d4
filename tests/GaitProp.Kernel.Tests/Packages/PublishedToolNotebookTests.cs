using System.Diagnostics;
using System.Text.Json;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>The committed notebooks in the published tool, which gets the extension from its package in a folder.</summary>
[Collection(Packed.Name)]
[Trait("Size", "Exhaustive")]
public sealed class PublishedToolNotebookTests(PackedPackages packed) : IDisposable
{
    private const string Python = "/usr/bin/python3";

    /// <summary>
    /// Values of a user's own types look as each host shows them, and F#, Python and JavaScript are the tool's own there: its outputs are
    /// not compared.
    /// </summary>
    private const string Polyglot = "09-polyglot.ipynb";

    /// <summary>
    /// As a Jupyter kernel a training with its figures and the library's types in C#, over stdio every language.
    /// <c>notebook verify</c> runs all notebooks in the kit's own host, and <c>GAITPROP_ALL_NOTEBOOKS=1</c> has all of them run here, both
    /// ways.
    /// </summary>
    private static readonly (string Jupyter, string Stdio)? Representatives =
        Environment.GetEnvironmentVariable("GAITPROP_ALL_NOTEBOOKS") == "1" ? null : ("00-quickstart.ipynb", Polyglot);

    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task They_run_over_stdio_and_as_a_Jupyter_kernel_and_show_what_they_show_in_the_kits_own_host()
    {
        var there = DotNetInteractive.Install(_program.Folder, out var tried);
        Assert.SkipWhen(there is null, tried);
        var known = Process.Start(new ProcessStartInfo(Python, ["-c", "import nbclient"]) { RedirectStandardError = true });
        await known!.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(known.ExitCode == 0, $"{Python} has no nbclient");

        // Each in a copy of its own: they train into the folder that they are in.
        var (stdio, jupyter) = (Copy("stdio", Representatives?.Stdio), Copy("jupyter", Representatives?.Jupyter));
        var outputs = _program["outputs"];
        AddPatientKernel(outputs);
        var failures = await Task.WhenAll(OverStdio(stdio, outputs), AsJupyterKernel(there, jupyter, outputs));
        Assert.True(failures.All(f => f.Length == 0), string.Join('\n', failures));

        string[] alike = [.. jupyter.Where(n => Path.GetFileName(n) != Polyglot)];
        var compared = _program.Run(["notebook", "verify", .. alike, "--against", outputs]);
        Assert.True(compared.Error.Length == 0, compared.Error);
        Assert.Equal(alike.Length, compared.Output.Split("as stored").Length - 1);
    }

    /// <summary>
    /// Cell by cell through the protocol that VS Code drives the tool with, in which each cell says what its language is.
    /// </summary>
    private async Task<string> OverStdio(string[] notebooks, string jupyterPath)
    {
        var failures = new List<string>();
        foreach (var file in notebooks)
        {
            var notebook = NotebookReader.Read(file);
            using var host = DotNetInteractive.Start(Path.GetDirectoryName(file)!, out _, ("JUPYTER_PATH", jupyterPath))!;
            string[] packages =
            [
                $"#i \"nuget:{packed.Feed}\"",
                $"#r \"nuget:GaitProp.Kernel,{PackedPackages.Version}\"",
                .. (string[])(Path.GetFileName(file) == Polyglot ? ["#r \"nuget: DuckDB.NET.Data.Full, 1.5.6.1\""] : []),
            ];
            foreach (
                var code in notebook
                    .Cells.Where(c =>
                        c.IsCode
                        && !c.Tags.Contains(NotebookRunner.MayFail)
                        && !c.Source.StartsWith("#!javascript", StringComparison.Ordinal)
                    )
                    .Select(c => c.Source)
                    .Prepend(string.Join('\n', packages))
            )
            {
                // (JavaScript is the front end's there, and this program has none.)
                var (succeeded, text) = await host.Submit(code, TestContext.Current.CancellationToken);
                if (!succeeded)
                {
                    failures.Add($"over stdio, {Path.GetFileName(file)}: {code.Split('\n')[0]}: {text}");
                    break;
                }
            }
        }

        return string.Join('\n', failures);
    }

    private async Task<string> AsJupyterKernel(string tool, string[] notebooks, string outputs)
    {
        var start = new ProcessStartInfo(
            Python,
            [
                Path.Combine(Repository.Folder, "tests", "python", "jupyter", "published_tool.py"),
                packed.Feed,
                PackedPackages.Version,
                tool,
                outputs,
                .. notebooks,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // As many threads as the kit's own kernel had: sums in another order end in other digits.
        start.Environment.Remove("OMP_NUM_THREADS");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? "" : $"as a Jupyter kernel: {await error}\n{await output}";
    }

    /// <summary>
    /// The tool's client of other kernels loses their first word, about every second time where the extension is loaded, and then waits for
    /// it for ever: see patient_kernel.py.
    /// </summary>
    private static void AddPatientKernel(string jupyterPath)
    {
        var program = Path.Combine(Repository.Folder, "tests", "python", "jupyter", "patient_kernel.py");
        File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(Path.Combine(jupyterPath, "kernels", "python3")).FullName, "kernel.json"),
            JsonSerializer.Serialize(
                new
                {
                    argv = (string[])[Python, program, "-f", "{connection_file}"],
                    display_name = "Python 3",
                    language = "python",
                }
            )
        );
    }

    private string[] Copy(string name, string? only)
    {
        var source = Path.Combine(Repository.Folder, "notebooks");
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(source, file);
            if (!relative.StartsWith("runs", StringComparison.Ordinal) && !relative.StartsWith("figures", StringComparison.Ordinal))
            {
                var target = _program[name, relative];
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        return
        [
            .. Directory
                .GetFiles(_program[name], "*.ipynb")
                .Where(n => only is null || Path.GetFileName(n) == only)
                .Order(StringComparer.Ordinal),
        ];
    }
}
