#!/usr/bin/env -S dotnet run
#:property TargetFramework=net10.0
#:property PublishAot=false

// Writes src/*/PublicAPI.Shipped.txt anew from what the code makes public.
//
//     dotnet run tests/surface/update.cs    prints what came and what went
//
// The compiler tells the differences (RS0016, RS0017) in its error log; code that does not compile leaves the files as they are. Exit code
// 1 then.

using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

const string Header = "#nullable enable";
var repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!, "../.."));

// Kernel last: it is compiled against the others.
return Update("GaitProp.Core") && Update("GaitProp.Notebook") && Update("GaitProp.Kernel") ? 0 : 1;

bool Update(string project)
{
    var folder = Path.Combine(repository, "src", project);
    var log = Path.Combine(Path.GetTempPath(), $"{project}-{Environment.ProcessId}.sarif");
    try
    {
        // The other analyzers would only take time. The log would be overwritten by that of a project built on the way.
        using var build = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    "build",
                    folder,
                    "-c",
                    "Release",
                    "-v",
                    "q",
                    "-clp:ErrorsOnly;NoSummary",
                    "--no-incremental",
                    $"-p:ErrorLog={log}%2Cversion=2.1",
                    "-p:TreatWarningsAsErrors=false",
                    "-p:EnforceCodeStyleInBuild=false",
                    "-p:AnalysisMode=None",
                    "-p:BuildProjectReferences=false",
                ]
            )
            {
                WorkingDirectory = repository,
                RedirectStandardOutput = true,
            }
        )!;
        var output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        var told = File.Exists(log)
            ? JsonNode.Parse(File.ReadAllText(log))!["runs"]!.AsArray().SelectMany(r => r!["results"]!.AsArray()).ToArray()
            : [];
        if (build.ExitCode != 0)
        {
            Console.Error.WriteLine($"{project} does not compile; its PublicAPI.Shipped.txt stays as it is.");
            Console.Error.Write(output);
            return false;
        }

        var file = Path.Combine(folder, "PublicAPI.Shipped.txt");
        var before = File.ReadLines(file).Skip(1).ToHashSet();
        HashSet<string> after = [.. before.Except(Symbols(told, "RS0017")), .. Symbols(told, "RS0016")];
        File.WriteAllText(file, string.Join('\n', [Header, .. after.Order(StringComparer.Ordinal)]) + "\n");
        foreach (var line in before.Except(after).Select(l => $"- {l}").Concat(after.Except(before).Select(l => $"+ {l}")))
        {
            Console.WriteLine(line);
        }

        Console.WriteLine($"{project}: {after.Count} public members");
        return true;
    }
    finally
    {
        File.Delete(log);
    }
}

static IEnumerable<string> Symbols(IEnumerable<JsonNode?> told, string rule) =>
    from result in told
    where (string?)result!["ruleId"] == rule
    select Regex.Match((string)result["message"]!["text"]!, "^Symbol '(.*)' is ", RegexOptions.Singleline).Groups[1].Value;
