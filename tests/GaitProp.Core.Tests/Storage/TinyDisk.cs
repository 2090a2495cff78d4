using System.Diagnostics;

namespace GaitProp.Tests.Storage;

/// <summary>A file system of a few kilobytes in memory; the test is skipped where it cannot be mounted.</summary>
internal sealed class TinyDisk : IDisposable
{
    public required string Path { get; init; }

    public static TinyDisk Mount(string path, int kilobytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "needs root on Linux, to mount a tiny file system");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", path) == 0, "mounting is not allowed here");
        return new TinyDisk { Path = path };
    }

    public void Dispose() => Run("umount", "--lazy", Path);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
