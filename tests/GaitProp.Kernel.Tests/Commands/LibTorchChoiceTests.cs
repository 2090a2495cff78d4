namespace GaitProp.Kernel.Tests.Commands;

/// <summary>A libtorch that is there already, in folders as PyTorch makes them; its libraries are links to those of the packages.</summary>
public sealed class LibTorchChoiceTests : IDisposable
{
    private static readonly string Packaged = PackagedFolder();
    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    /// <summary>All in one process: it loads what the first one names, and refuses another folder than that.</summary>
    [Fact]
    public void One_is_taken_by_site_packages_PyTorch_s_folder_or_its_libraries_and_a_training_says_which_one_computed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch was tried on Linux alone.");
        var lib = PyTorch("there", "2.10.0+cpu");
        using var process = _program.InOneProcess();

        var trained = process.Run(
            "train",
            "synthetic-shallow",
            "--rule",
            "bp",
            "--epochs",
            "1",
            "--set",
            "trainImages=256",
            "--set",
            "testImages=100",
            "--set",
            "network=[\"dense 20\", \"dense 10\"]",
            "--libtorch",
            _program["there"]
        );
        Assert.True(trained.ExitCode == 0, trained.Error);
        var run = File.ReadAllText(Directory.EnumerateFiles(_program["runs"], "run.json", SearchOption.AllDirectories).Single());
        Assert.Contains(
            "\"libTorch\": \"2.10.0+cpu, GAITPROP_LIBTORCH names it\"",
            run.Replace("\\u002B", "+", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

        foreach (var named in (string[])["there", "there/torch", "there/torch/lib"])
        {
            var done = process.Run("info", "--libtorch", _program[named]);
            Assert.True(done.ExitCode == 0, done.Error);
            Assert.Contains("2.10.0+cpu, GAITPROP_LIBTORCH names it", Flat(done.Output), StringComparison.Ordinal);
            Assert.Contains(Flat(lib), Flat(done.Output), StringComparison.Ordinal);
            Assert.Empty(done.Error);
        }

        PyTorch("elsewhere", "2.10.0+cpu");
        Assert.Contains("is loaded already", process.Run("info", "--libtorch", "elsewhere").OneErrorLine(), StringComparison.Ordinal);
    }

    /// <summary>A folder that is wrong is no obstacle to the next cell, and help loads nothing.</summary>
    [Fact]
    public void One_is_taken_on_the_line_of_a_cell()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch was tried on Linux alone.");
        PyTorch("there", "2.10.0+cpu");
        string[] cells =
        [
            "#!gaitprop info --libtorch wrong --help",
            "#!gaitprop info --libtorch wrong",
            "#!gaitprop info --libtorch \"\"",
            "#!gaitprop info --libtorch there",
        ];
        File.WriteAllText(
            _program["a.ipynb"],
            new System.Text.Json.Nodes.JsonObject
            {
                ["nbformat"] = 4,
                ["nbformat_minor"] = 5,
                ["metadata"] = new System.Text.Json.Nodes.JsonObject(),
                ["cells"] = new System.Text.Json.Nodes.JsonArray([
                    .. cells.Select(
                        (code, i) =>
                            (System.Text.Json.Nodes.JsonNode)
                                new System.Text.Json.Nodes.JsonObject
                                {
                                    ["cell_type"] = "code",
                                    ["id"] = $"cell-{i}",
                                    ["metadata"] = new System.Text.Json.Nodes.JsonObject
                                    {
                                        ["tags"] = new System.Text.Json.Nodes.JsonArray("raises-exception"),
                                    },
                                    ["source"] = code,
                                    ["outputs"] = new System.Text.Json.Nodes.JsonArray(),
                                }
                    ),
                ]),
            }.ToJsonString()
        );

        // The cells have a process of their own.
        var done = _program.Run("notebook", "run", "--in-place", "a.ipynb");

        Assert.True(done.ExitCode == 0, done.Error);
        var outputs = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(_program["a.ipynb"]))!["cells"]!
            .AsArray()
            .Select(c => Flat(System.Text.RegularExpressions.Regex.Unescape(c!["outputs"]!.ToJsonString())))
            .ToArray();
        Assert.Contains("Usage:", outputs[0], StringComparison.Ordinal);
        Assert.Contains(Flat("there is no libtorch in"), outputs[1], StringComparison.Ordinal);
        Assert.Contains(Flat("--libtorch is empty"), outputs[2], StringComparison.Ordinal);
        Assert.Contains(Flat("2.10.0+cpu, GAITPROP_LIBTORCH names it"), outputs[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_release_is_tried_with_the_reference_vectors_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch was tried on Linux alone.");
        PyTorch("older", "2.4.1+cu121");

        var first = _program.RunAlone("info", "--libtorch", "older");
        var second = _program.RunAlone("info", "--libtorch", "older");

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.StartsWith(
            "libtorch 2.4.1+cu121, and TorchSharp's bridge was built for 2.10",
            first.OneErrorLine(),
            StringComparison.Ordinal
        );
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
    }

    [Fact]
    public void Another_release_whose_trial_fails_is_refused_with_the_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch was tried on Linux alone.");
        var lib = PyTorch("older", "1.13.1");
        File.Delete(Path.Combine(lib, "libc10.so"));

        var done = _program.RunAlone("info", "--libtorch", "older");

        Assert.Equal(1, done.ExitCode);
        var refusal = done.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith(
            $"libtorch 1.13.1 in {lib} does not fit TorchSharp's bridge, which was built for",
            refusal,
            StringComparison.Ordinal
        );
        Assert.Contains("libc10.so", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(40)]
    [InlineData(0)]
    public void One_that_is_cut_short_is_refused_before_it_ends_the_process(int bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only ELF libraries are looked into.");
        var lib = PyTorch("cut", "2.10.0");
        var library = Path.Combine(lib, "libtorch_cpu.so");
        var start = new byte[bytes];
        using (var whole = File.OpenRead(library))
        {
            whole.ReadExactly(start);
        }

        File.Delete(library);
        File.WriteAllBytes(library, start);

        var done = _program.RunAlone("info", "--libtorch", "cut");

        Assert.Equal(1, done.ExitCode);
        Assert.StartsWith(
            $"libtorch 2.10.0 (GAITPROP_LIBTORCH names it) cannot be loaded: {library} is damaged (",
            done.OneErrorLine(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Where_there_is_none_the_message_says_where_it_was_looked_for()
    {
        Directory.CreateDirectory(_program["empty"]);

        var done = _program.RunAlone("info", "--libtorch", "empty");

        Assert.Equal(1, done.ExitCode);
        Assert.StartsWith($"there is no libtorch in {_program["empty"]}: ", done.OneErrorLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.10.0+cpu", "has no CUDA")]
    [InlineData("2.4.1+cu121", "was built for libtorch 2.10")]
    public void That_of_the_active_Python_environment_is_left_with_a_word_where_it_is_no_gain(string version, string why)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch was tried on Linux alone.");
        PyTorch("venv/lib/python3.11/site-packages", version);

        var done = GaitPropProcess.Finish(_program.StartIn([("VIRTUAL_ENV", _program["venv"])], "info"));

        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Contains($"PyTorch {version} in", Flat(done.Output), StringComparison.Ordinal);
        Assert.Contains(why, Flat(done.Output), StringComparison.Ordinal);
    }

    [Fact]
    public void The_doctor_counts_the_CUDA_of_one_that_was_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch was tried on Linux alone.");
        var lib = PyTorch("there", "2.10.0+cu128");
        var cuda = Path.Combine(lib, "libtorch_cuda.so");
        if (!File.Exists(cuda))
        {
            File.CreateSymbolicLink(cuda, Path.Combine(Packaged, "libc10.so"));
        }

        var done = _program.RunAlone("doctor", "--libtorch", "there");

        Assert.True(done.ExitCode == 0, done.Error);
        Assert.DoesNotContain("-p:Torch=cuda", done.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("this libtorch computes on the CPU", Flat(done.Output), StringComparison.Ordinal);
        if (GaitProp.Loading.CudaDriver.Device(0) is null)
        {
            Assert.Contains(
                "none that the driver knows, and this libtorch can use one: install NVIDIA's driver",
                Flat(done.Output),
                StringComparison.Ordinal
            );
        }
    }

    /// <summary>A table wraps long lines.</summary>
    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Makes torch/lib and torch/version.py; returns the folder of the libraries.</summary>
    private string PyTorch(string folder, string version)
    {
        var lib = Directory.CreateDirectory(_program[folder, "torch", "lib"]).FullName;
        foreach (var file in Directory.EnumerateFiles(Packaged))
        {
            File.CreateSymbolicLink(Path.Combine(lib, Path.GetFileName(file)), file);
        }

        File.WriteAllText(
            _program[folder, "torch", "version.py"],
            $"from typing import Optional\n\n__all__ = ['__version__', 'debug', 'cuda']\n__version__ = '{version}'\ndebug = False\n"
        );
        return lib;
    }

    private static string PackagedFolder()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "";
        }

        LibTorch.Load();
        return Path.GetDirectoryName(
            File.ReadLines("/proc/self/maps")
                .First(l => l.EndsWith("libtorch_cpu.so", StringComparison.Ordinal))
                .Split(' ', 6, StringSplitOptions.RemoveEmptyEntries)[5]
        )!;
    }
}
