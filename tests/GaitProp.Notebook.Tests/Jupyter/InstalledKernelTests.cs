using System.Text.Json.Nodes;
using GaitProp.Notebook.Jupyter;

namespace GaitProp.Notebook.Tests.Jupyter;

public sealed class InstalledKernelTests : IDisposable
{
    private readonly string _prefix = Directory.CreateTempSubdirectory("gaitprop-spec-").FullName;

    public void Dispose() => Directory.Delete(_prefix, recursive: true);

    [Theory]
    [InlineData("python")]
    [InlineData("python3")]
    public void A_bare_python_is_that_of_the_environment_that_has_the_specification(string word)
    {
        Assert.Equal([word, "-m", "kernel"], Read("share/jupyter/kernels/mine", word).Words);

        var python = Python();
        Assert.Equal([python, "-m", "kernel"], Read("share/jupyter/kernels/mine", word).Words);
        Assert.Equal(word, Read("elsewhere/kernels/mine", word).Words[0]);
        Assert.Equal("pypy3", Read("share/jupyter/kernels/mine", "pypy3").Words[0]);
    }

    /// <summary>The folder that holds the user's own is no environment: what is called python there need not know the kernel.</summary>
    [Fact]
    public void Of_the_users_own_folder_a_bare_python_is_that_of_the_path()
    {
        var (python, jupyter) = (Python(), Path.Combine(_prefix, "share", "jupyter"));
        var folder = Path.Combine(jupyter, "kernels", "mine");

        Assert.Equal(python, InstalledKernel.Program("python3", folder, Path.Combine(_prefix, "elsewhere")));
        Assert.Equal("python3", InstalledKernel.Program("python3", folder, jupyter));
        Assert.Equal("python3", InstalledKernel.Program("python3", folder, jupyter + Path.DirectorySeparatorChar));
    }

    [Fact]
    public void Variables_are_put_into_the_values_that_name_them_and_unknown_names_stay()
    {
        var kernel = Read("kernels/mine", "python3", ("MORE", "a:${PATH}:b ${GAITPROP_NO_SUCH_VARIABLE} $PATH"));
        Assert.Equal($"a:{Environment.GetEnvironmentVariable("PATH")}:b ${{GAITPROP_NO_SUCH_VARIABLE}} $PATH", kernel.Environment["MORE"]);
    }

    /// <summary>Puts a python into the environment.</summary>
    private string Python()
    {
        var python = Path.Combine(_prefix, OperatingSystem.IsWindows() ? "python.exe" : Path.Combine("bin", "python3"));
        Directory.CreateDirectory(Path.GetDirectoryName(python)!);
        File.WriteAllText(python, "");
        return python;
    }

    private InstalledKernel Read(string folder, string program, params (string Name, string Value)[] variables)
    {
        folder = Directory.CreateDirectory(Path.Combine(_prefix, folder)).FullName;
        var environment = new JsonObject();
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        File.WriteAllText(
            Path.Combine(folder, "kernel.json"),
            new JsonObject { ["argv"] = new JsonArray(program, "-m", "kernel"), ["env"] = environment }.ToJsonString()
        );
        return InstalledKernel.Read(folder);
    }
}
