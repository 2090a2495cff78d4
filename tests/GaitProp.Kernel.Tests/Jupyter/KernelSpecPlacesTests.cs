using System.Diagnostics;

namespace GaitProp.Kernel.Tests.Jupyter;

public sealed class KernelSpecPlacesTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    [Theory]
    [InlineData("JUPYTER_DATA_DIR", "kernels/gaitprop-csharp")]
    [InlineData("XDG_DATA_HOME", "jupyter/kernels/gaitprop-csharp")]
    public void The_users_folder_is_where_jupyter_looks(string variable, string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the XDG folders are of Linux");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gaitprop.dll"), "jupyter", "install"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("JUPYTER_DATA_DIR");
        start.Environment[variable] = _program["data"];
        var finished = GaitPropProcess.Finish(Process.Start(start)!);
        Assert.Equal(0, finished.ExitCode);
        Assert.True(File.Exists(_program[["data", .. path.Split('/'), "kernel.json"]]), finished.Output);
    }

    public void Dispose() => _program.Dispose();
}
