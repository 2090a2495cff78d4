using System.Diagnostics;
using System.Text.Json.Nodes;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>
/// .NET Interactive's own program over standard input and output, a JSON envelope a line: <c>dotnet-interactive stdio</c>, or a program named by <see cref="Variable"/> that
/// speaks the same.
/// </summary>
public sealed class DotNetInteractive : IDisposable
{
    /// <summary>A program (<c>.dll</c> or not), or <c>restore</c>: then the tool is asked of the package sources.</summary>
    public const string Variable = "GAITPROP_DOTNET_INTERACTIVE";

    private static readonly TimeSpan CellLimit = TimeSpan.FromMinutes(15);
    private readonly Process _process;
    private int _cells;

    private DotNetInteractive(ProcessStartInfo start) => _process = Process.Start(start)!;

    /// <summary>Starts the host, if there is one.</summary>
    /// <param name="folder">Where it works, and where the tool is installed.</param>
    /// <param name="tried">What was tried, if there is none.</param>
    public static DotNetInteractive? Start(string folder, out string tried)
    {
        var asked = Environment.GetEnvironmentVariable(Variable);
        tried = $"no dotnet-interactive on the PATH or in ~/.dotnet/tools, and {Variable} is neither a program that speaks as 'dotnet-interactive stdio' does nor 'restore'";
        string? program;
        if (asked == "restore")
        {
            (program, tried) = Restore(folder);
        }
        else
        {
            program = asked is { Length: > 0 } ? (File.Exists(asked) ? asked : throw new FileNotFoundException($"{Variable} names '{asked}', which is not there.")) : Installed();
        }

        if (program is null)
        {
            return null;
        }

        var isAssembly = Path.GetExtension(program) == ".dll";
        return new(new ProcessStartInfo(isAssembly ? "dotnet" : program, [.. isAssembly ? [program] : Array.Empty<string>(), "stdio", "--default-kernel", "csharp"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
    }

    /// <summary>Submits a cell and waits until it has ended.</summary>
    /// <returns>Whether it succeeded, and every text that it published: all forms of its values, and its errors.</returns>
    public async Task<(bool Succeeded, string Text)> Submit(string code, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(CellLimit);
        var token = $"cell-{++_cells}";
        var envelope = new JsonObject { ["commandType"] = "SubmitCode", ["command"] = new JsonObject { ["code"] = code }, ["token"] = token };
        await _process.StandardInput.WriteLineAsync(envelope.ToJsonString().AsMemory(), limit.Token);
        await _process.StandardInput.FlushAsync(limit.Token);

        var text = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith('{') || JsonNode.Parse(line) is not { } told || told["event"] is not { } published)
            {
                text.Add(line);
                continue;
            }

            var values = published["formattedValues"]?.AsArray() ?? (published["formattedValue"] is { } only ? [only.DeepClone()] : []);
            text.AddRange(values.Select(v => $"{v!["mimeType"]}: {v["value"]}"));
            var type = (string?)told["eventType"];
            if (type is "CommandFailed" or "ErrorProduced")
            {
                text.Add((string?)published["message"] ?? "");
            }

            if (type is "CommandSucceeded" or "CommandFailed" && (string?)told["command"]?["token"] == token)
            {
                return (type == "CommandSucceeded", string.Join('\n', text));
            }
        }

        return (false, string.Join('\n', [.. text, "The host has ended."]));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string? Installed()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet-interactive.exe" : "dotnet-interactive";
        var tools = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(tools).Where(f => f.Length > 0).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
    }

    private static (string? Program, string Tried) Restore(string folder)
    {
        var tools = Path.Combine(folder, "tools");
        using var install = Process.Start(new ProcessStartInfo("dotnet", ["tool", "install", "Microsoft.dotnet-interactive", "--prerelease", "--tool-path", tools])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = install.StandardOutput.ReadToEndAsync();
        var error = install.StandardError.ReadToEndAsync();
        if (!install.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            install.Kill(entireProcessTree: true);
            return (null, "'dotnet tool install Microsoft.dotnet-interactive' did not end within two minutes");
        }

        var said = $"{output.Result} {error.Result}".ReplaceLineEndings(" ").Trim();
        return install.ExitCode == 0
            ? (Directory.EnumerateFiles(tools, "dotnet-interactive*").First(), "")
            : (null, $"'dotnet tool install Microsoft.dotnet-interactive' failed: {said}");
    }
}
