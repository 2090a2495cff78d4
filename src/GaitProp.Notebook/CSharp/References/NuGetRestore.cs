using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp.References;

/// <summary>
/// Restores packages with the .NET SDK: of a small project in the user's cache, under the user's NuGet configuration. The same request is
/// answered from the cache the second time, without a network.
/// </summary>
internal static partial class NuGetRestore
{
    /// <summary>After this time a floating version is looked up again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(24);

    /// <summary>Restores packages.</summary>
    /// <param name="requests">All that are asked for, so that they fit together.</param>
    /// <param name="sources">Sources beside the configured ones.</param>
    /// <param name="cache">The user's folder for what can be made again.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="CellException">It does not work; the message says why and what to do.</exception>
    public static async Task<NuGetAssets> RunAsync(
        IReadOnlyList<NuGetRequest> requests,
        IReadOnlyList<string> sources,
        string cache,
        CancellationToken cancellation
    )
    {
        var project = Project(requests, sources);
        var folder = Path.Combine(cache, "nuget", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..16]);
        var assets = Path.Combine(folder, "obj", "project.assets.json");
        var done = Path.Combine(folder, "restored");
        var known = File.Exists(done) && File.Exists(assets) && NuGetAssets.Read(assets) is { AreThere: true } found ? found : null;
        if (known is not null && !(requests.Any(r => r.IsFloating) && DateTime.UtcNow - File.GetLastWriteTimeUtc(done) > Fresh))
        {
            return known;
        }

        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "cells.csproj"), project, cancellation).ConfigureAwait(false);
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), "<Project />", cancellation).ConfigureAwait(false);
        }

        var (exit, output) = await DotnetAsync(folder, cancellation).ConfigureAwait(false);
        if (exit != 0)
        {
            // What worked yesterday is better than nothing.
            return known ?? throw Failure(output, sources);
        }

        await File.WriteAllTextAsync(done, "", cancellation).ConfigureAwait(false);
        return NuGetAssets.Read(assets);
    }

    private static string Project(IReadOnlyList<NuGetRequest> requests, IReadOnlyList<string> sources)
    {
        XElement[] properties =
        [
            new("TargetFramework", $"net{Environment.Version.Major}.{Environment.Version.Minor}"),
            new("RuntimeIdentifier", RuntimeInformation.RuntimeIdentifier),
            new("SelfContained", "false"),
            new("NuGetAudit", "false"),
            new("ManagePackageVersionsCentrally", "false"),
            new("DisableImplicitNuGetFallbackFolder", "true"),
            new("RestoreRootConfigDirectory", Environment.CurrentDirectory),
            new("RestoreAdditionalProjectSources", string.Join(';', sources)),
        ];
        return new XElement(
            "Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup", properties),
            new XElement(
                "ItemGroup",
                requests
                    .OrderBy(r => r.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(r => new XElement("PackageReference", new XAttribute("Include", r.Name), new XAttribute("Version", r.Version)))
            )
        ).ToString();
    }

    private static async Task<(int Exit, string Output)> DotnetAsync(string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Dotnet(), ["restore", "cells.csproj", "--nologo", "-v:q", "-nodeReuse:false", "-tl:off"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (
            var name in start
                .Environment.Keys.Where(k =>
                    k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || k.StartsWith("DOTNET_CLI_", StringComparison.Ordinal)
                )
                .ToArray()
        )
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Started(start);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false) + await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CellException(
                $"Packages need the .NET SDK, and '{start.FileName}' does not start ({e.Message}): install the SDK, or put dotnet into PATH.",
                "NuGetError"
            );
        }
    }

    /// <summary>The dotnet program that runs this process, or the one in the path.</summary>
    private static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var own = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", name));
        return Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
            : File.Exists(own) ? own
            : name;
    }

    private static CellException Failure(string output, IReadOnlyList<string> sources)
    {
        var match = ErrorPattern().Match(output);
        if (!match.Success)
        {
            var line =
                output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()
                ?? "dotnet restore failed without a word";
            return new CellException($"The packages cannot be restored: {line}", "NuGetError");
        }

        var (code, text) = (match.Groups["code"].Value, match.Groups["text"].Value.Trim());
        var cure = code switch
        {
            "NU1101" => "Check the name, or add a source with #i \"nuget: URL-or-folder\".",
            "NU1102" or "NU1103" => "Ask for one of these, or for the newest without a version; *-* takes pre-releases too.",
            "NU1202" or "NU1213" => string.Create(
                CultureInfo.InvariantCulture,
                $"It has no build for .NET {Environment.Version.Major}: ask for another version."
            ),
            "NU1301" => sources.Count > 0
                ? "Is the source of your #i line there, and the network?"
                : "Is there a network? What was restored before works without one.",
            "NU1605" or "NU1107" => "Two of the packages need different versions: name the higher one in a #r of its own.",
            _ => "'dotnet nuget list source' shows the sources.",
        };
        return new CellException($"{code}: {text.TrimEnd('.')}. {cure}", "NuGetError");
    }

    [GeneratedRegex(@"error (?<code>[A-Z]+\d+)\s*: (?<text>.+?)( \[[^\]]*\])?\s*$", RegexOptions.Multiline)]
    private static partial Regex ErrorPattern();
}
