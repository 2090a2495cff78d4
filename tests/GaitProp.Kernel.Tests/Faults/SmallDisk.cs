using System.Diagnostics;
using System.Globalization;

namespace GaitProp.Kernel.Tests.Faults;

/// <summary>A file system in memory; the test is skipped where it cannot be mounted.</summary>
internal sealed class SmallDisk(string path) : IDisposable
{
    public const string Ballast = "ballast";

    private bool _mounted;

    public string Path => path;

    public void Mount(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "needs root on Linux, to mount a small file system");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", Size(megabytes), "tmpfs", path) == 0, "mounting is not allowed here");
        _mounted = true;
    }

    public void Grow(int megabytes) => Assert.Equal(0, Run("mount", "-o", $"remount,{Size(megabytes)}", path));

    /// <summary>Takes the last byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(
            System.IO.Path.Combine(path, Ballast),
            FileMode.Append,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 0
        );
        var block = new byte[1 << 20];
        for (var size = block.Length; size > 0; )
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    public void Empty() => File.Delete(System.IO.Path.Combine(path, Ballast));

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", "--lazy", path);
        }
    }

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
