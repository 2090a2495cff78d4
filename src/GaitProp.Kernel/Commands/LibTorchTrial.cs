using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using GaitProp.Kernel.Jupyter;
using GaitProp.Loading;
using GaitProp.Storage;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// Takes the libtorch that the user names. One of another release than TorchSharp's bridge was built for may load and compute wrongly, or
/// end the process: it is tried in a process of its own, which verifies the reference vectors on the device that it would use, and refused
/// if a number is wrong. What passed is remembered.
/// </summary>
internal static class LibTorchTrial
{
    /// <summary>Set in the process of a trial.</summary>
    private const string Trial = "GAITPROP_LIBTORCH_TRIAL";

    /// <summary>Makes the named libtorch the one that this process and those that it starts load.</summary>
    /// <param name="named">The folder of the option; <see langword="null"/> where it was not given.</param>
    /// <param name="context">Where words go.</param>
    /// <exception cref="GaitPropException">There is none, another is loaded already, or its numbers are wrong.</exception>
    public static void Take(string? named, CommandContext context)
    {
        var before = Environment.GetEnvironmentVariable(InstalledLibTorch.Variable);
        if (named is not null)
        {
            Environment.SetEnvironmentVariable(InstalledLibTorch.Variable, Path.GetFullPath(named));
        }

        try
        {
            Check(context);
            if (named is not null)
            {
                LibTorch.Load();
            }
        }
        catch
        {
            // What is not to be had is not what the next command asks for.
            Environment.SetEnvironmentVariable(InstalledLibTorch.Variable, before);
            throw;
        }
    }

    private static void Check(CommandContext context)
    {
        if (InstalledLibTorch.Named() is not { } installed)
        {
            return;
        }

        if (LibTorch.BridgeFile is not null)
        {
            if (LibTorch.Installed?.Folder != installed.Folder)
            {
                throw new GaitPropException(
                    $"libtorch {LibTorch.Described} is loaded already: restart the kernel, and name {installed.Folder} before the first tensor, or in {InstalledLibTorch.Variable} before the kernel starts."
                );
            }
        }
        else if (!installed.Fits && Environment.GetEnvironmentVariable(Trial) is null)
        {
            Try(installed, context);
        }
    }

    private static void Try(InstalledLibTorch installed, CommandContext context)
    {
        var passed = Path.Combine(UserCache.Root, "libtorch", Key(installed));
        if (File.Exists(passed))
        {
            return;
        }

        context.Error.WriteLine(
            $"libtorch {installed.VersionText}, and TorchSharp's bridge was built for {InstalledLibTorch.Built}: trying it with the reference vectors first."
        );
        var start = OwnProgram.Start("verify", "--device", "auto");
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        (start.Environment[Trial], start.Environment[InstalledLibTorch.Variable]) = ("1", installed.Folder);
        using var process = Process.Start(start)!;
        var words = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            var said =
                (errors + "\n" + words.Result)
                    .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .FirstOrDefault()
                ?? $"the process ended with exit code {process.ExitCode}";
            throw new GaitPropException(
                $"libtorch {installed.VersionText} in {installed.Folder} does not fit TorchSharp's bridge, which was built for {InstalledLibTorch.Built}: {said.TrimEnd('.')}. Name one of that release."
            );
        }

        // Where that cannot be kept, the next start tries it again.
        AtomicFile.Quietly(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(passed)!);
            File.WriteAllText(passed, $"{installed.Folder}\n");
        });
    }

    /// <summary>What was tried: this program, and the files as they are now.</summary>
    private static string Key(InstalledLibTorch installed)
    {
        var files = Directory
            .EnumerateFiles(installed.Folder)
            .Order(StringComparer.Ordinal)
            .Select(f => new FileInfo(f))
            .Select(f => $"{f.FullName}|{f.Length}|{f.LastWriteTimeUtc.Ticks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files.Prepend(OwnProgram.Version)))));
    }
}
