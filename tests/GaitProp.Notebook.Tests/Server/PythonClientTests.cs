using System.Diagnostics;
using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Tests.Server;

/// <summary>The kernel under clients that are not ours: Debian's suite for kernels, jupyter_client, bare ZeroMQ, nbconvert.</summary>
[Trait("Size", "Exhaustive")]
public sealed class PythonClientTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    /// <summary>The longest that a script may take on a machine that others use.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly GaitPropProcess _program = new();

    [Fact]
    public void Debians_suite_for_kernels_passes() => RunScript("jupyter_client, jupyter_kernel_test", "-m", "unittest", "kernel_suite");

    [Fact]
    public void So_do_the_cases_that_it_lacks() => RunScript("jupyter_client", "-m", "unittest", "kernel_cases");

    [Fact]
    public void A_client_that_speaks_as_vs_code_does_gets_through() =>
        RunScript(
            "zmq",
            "raw_case.py",
            OwnProgram.Host,
            Path.Combine(AppContext.BaseDirectory, "gaitprop.dll"),
            "jupyter",
            "start",
            "{connection_file}"
        );

    [Fact]
    public void Nbconvert_executes_a_notebook_and_keeps_its_outputs()
    {
        var notebook = new JsonObject
        {
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject
                {
                    ["name"] = "gaitprop-csharp",
                    ["display_name"] = "C# (GaitProp)",
                    ["language"] = "C#",
                },
            },
            ["cells"] = new JsonArray(
                Cell("a", "var x = 20;\nConsole.WriteLine(\"hello\");\nx + 22"),
                Cell("b", "#!html\n<b id=\"mine\">bold</b>"),
                Cell(
                    "c",
                    "#!gaitprop train synthetic-shallow --epochs 1 --rule bp --set trainImages=256 --set testImages=100 --threads 1 --as run"
                ),
                Cell("d", "run.Epochs[^1] is { Epoch: 1, TestAccuracy: >= 0 and <= 1 }")
            ),
        };
        File.WriteAllText(_program["in.ipynb"], notebook.ToJsonString());
        RunScript(
            "nbconvert, nbclient, jupyter_client",
            "-m",
            "nbconvert",
            "--to",
            "notebook",
            "--execute",
            "--ExecutePreprocessor.timeout=300",
            "--output",
            _program["out.ipynb"],
            _program["in.ipynb"]
        );
        var executed = JsonNode.Parse(File.ReadAllText(_program["out.ipynb"]))!;
        Assert.Equal("C#", executed["metadata"]!["language_info"]!["name"]!.ToString());
        var outputs = executed["cells"]!.AsArray().Select(c => c!["outputs"]!.ToJsonString()).ToArray();
        Assert.Contains("hello", outputs[0], StringComparison.Ordinal);
        Assert.Contains("\"42\"", outputs[0], StringComparison.Ordinal);
        Assert.Contains("mine", outputs[1], StringComparison.Ordinal);
        Assert.Contains("image/png", outputs[2], StringComparison.Ordinal);
        Assert.Contains("True", outputs[3], StringComparison.Ordinal);
    }

    public void Dispose() => _program.Dispose();

    private static JsonObject Cell(string id, string code) =>
        new()
        {
            ["id"] = id,
            ["cell_type"] = "code",
            ["metadata"] = new JsonObject(),
            ["execution_count"] = null,
            ["outputs"] = new JsonArray(),
            ["source"] = code,
        };

    private void RunScript(string modules, params string[] words)
    {
        // Looked for and not imported, which takes as long as some of the scripts.
        var (known, _) = Run("-c", $"from importlib.util import find_spec; assert all(map(find_spec, '{modules}'.split(', ')))");
        Assert.SkipUnless(known == 0, $"{Python} has no {modules}");
        Assert.Equal(0, _program.Run("jupyter", "install", "--prefix", _program.Folder).ExitCode);
        var (exit, said) = Run(words);
        Assert.True(exit == 0, said);
    }

    private (int Exit, string Said) Run(params string[] words)
    {
        if (!File.Exists(Python))
        {
            return (-1, "");
        }

        var start = new ProcessStartInfo(Python, words)
        {
            WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "python"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_PATH"] = _program["share", "jupyter"];
        start.Environment["JUPYTER_RUNTIME_DIR"] = _program["runtime"];
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', words)} does not end");
        }

        return (process.ExitCode, output.Result + error.Result);
    }
}
