using System.Diagnostics;
using System.Text.Json.Nodes;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>
/// The published .NET Interactive over standard input and output, a JSON envelope a line: <c>dotnet-interactive stdio</c>.
/// </summary>
internal sealed class DotNetInteractive : INotebookHost
{
    private const string Version = "1.0.712001";

    private static readonly TimeSpan CellLimit = TimeSpan.FromMinutes(15);
    private readonly Process _process;
    private int _cells;

    private DotNetInteractive(ProcessStartInfo start) => _process = Process.Start(start)!;

    /// <summary>Installs the host beside the build's results, the first time; it stays there.</summary>
    /// <param name="folder">Where the installation works.</param>
    /// <param name="tried">What was tried, if there is none.</param>
    /// <returns>The program.</returns>
    public static string? Install(string folder, out string tried)
    {
        var tools = Path.Combine(Repository.Folder, "artifacts", "dotnet-interactive", Version);
        var program = Path.Combine(tools, OperatingSystem.IsWindows() ? "dotnet-interactive.exe" : "dotnet-interactive");
        tried = "";
        if (!File.Exists(program))
        {
            var (exit, output) = PackedPackages.Run(
                folder,
                "tool",
                "install",
                "Microsoft.dotnet-interactive",
                "--version",
                Version,
                "--tool-path",
                tools
            );
            tried = $"'dotnet tool install Microsoft.dotnet-interactive' failed: {output.ReplaceLineEndings(" ").Trim()}";
            return exit == 0 ? program : null;
        }

        return program;
    }

    /// <summary>Starts the host.</summary>
    /// <param name="folder">Where it works.</param>
    /// <param name="tried">What was tried, if there is none.</param>
    /// <param name="variables">What it finds in its environment besides.</param>
    public static DotNetInteractive? Start(string folder, out string tried, params (string Name, string Value)[] variables)
    {
        if (Install(folder, out tried) is not { } program)
        {
            return null;
        }

        var start = new ProcessStartInfo(program, ["stdio", "--default-kernel", "csharp"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new(start);
    }

    /// <inheritdoc/>
    public async Task<(bool Succeeded, string Text)> Submit(string code, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(CellLimit);
        var token = $"cell-{++_cells}";
        var envelope = new JsonObject
        {
            ["commandType"] = "SubmitCode",
            ["command"] = new JsonObject { ["code"] = code },
            ["token"] = token,
        };
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

        await _process.WaitForExitAsync(limit.Token);
        return (false, string.Join('\n', [.. text, $"The host has ended with exit code {_process.ExitCode}."]));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
