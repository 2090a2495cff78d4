// Makes docs/reliability.md: every reader with damaged input, and kills at random moments, by the tests that CI runs for seconds.
//   dotnet run tests/fuzz/report.cs [SECONDS of each reader, 5] [KILLS of each kind, 20] [SEED, 1]
#:property PublishAot=false
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

var (seconds, kills, seed) = (args.ElementAtOrDefault(0) ?? "5", args.ElementAtOrDefault(1) ?? "20", args.ElementAtOrDefault(2) ?? "1");
var root = Environment.CurrentDirectory;
if (!File.Exists(Path.Combine(root, "GaitProp.slnx")))
{
    Console.Error.WriteLine("Run this in the folder of the repository.");
    return 1;
}

var results = Path.GetTempFileName();
var start = new ProcessStartInfo(
    "dotnet",
    [
        "run",
        "--project",
        "tests/GaitProp.Kernel.Tests",
        "-c",
        "Release",
        // Those of 'dotnet test' are not this runner's.
        "-p:StartArguments=",
        "--",
        "-class",
        "GaitProp.Kernel.Tests.Fuzz.*",
        "-parallel",
        "none",
    ]
);
(
    start.Environment["GAITPROP_RELIABILITY"],
    start.Environment["GAITPROP_FUZZ_SECONDS"],
    start.Environment["GAITPROP_ATTACK_KILLS"],
    start.Environment["GAITPROP_FUZZ_SEED"]
) = (results, seconds, kills, seed);
using var tests = Process.Start(start)!;
tests.WaitForExit();
var rows = File.ReadAllLines(results)
    .Select(l => JsonSerializer.Deserialize<Row>(l, JsonSerializerOptions.Web)!)
    .GroupBy(r => r.Attack)
    .Select(g =>
        g.Aggregate(
            (a, b) =>
                a with
                {
                    Cases = a.Cases + b.Cases,
                    Refused = a.Refused + b.Refused,
                    Slowest = Math.Max(a.Slowest ?? 0, b.Slowest ?? 0),
                }
        )
    )
    .OrderBy(r => r.Attack, StringComparer.Ordinal)
    .ToArray();
File.Delete(results);
if (rows.Length == 0)
{
    Console.Error.WriteLine("The attacks did not run, so that docs/reliability.md stays as it is: see above.");
    return 1;
}

var text = new StringBuilder();
text.Append(
    CultureInfo.InvariantCulture,
    $"""
    # Reliability

    Attacks on the kit, how many cases of each, and what came of them. This page is made by

        dotnet run tests/fuzz/report.cs {seconds} {kills} {seed}

    ({seconds} s for each reader, {kills} kills of each kind, cases from seed {seed} on). `dotnet test` runs the same attacks on readers for less than a second each, from seed 1;
    what once got through is in `tests/fuzz/seeds.txt` and runs first. What is promised beyond this, and where input is trusted, is in [SECURITY.md](../SECURITY.md).

    Damaged input is refused in one line, or read where the damage made another possible file; either way within ten seconds.

    | attack | cases | refused in one line | read | slowest, s | outcome |
    |---|---:|---:|---:|---:|---|

    """
);
foreach (var row in rows)
{
    var read = row.Refused is { } refused
        ? string.Create(CultureInfo.InvariantCulture, $"{refused:N0} | {row.Cases - refused:N0} | {row.Slowest:F1}")
        : "- | - | -";
    text.Append(CultureInfo.InvariantCulture, $"| {row.Attack} | {row.Cases:N0} | {read} | {row.Outcome} |\n");
}

text.Append(
    CultureInfo.InvariantCulture,
    $"\n{rows.Sum(r => r.Cases):N0} cases in all; {(tests.ExitCode == 0 ? "none got through" : "SOME GOT THROUGH: see what the tests print")}.\n"
);
File.WriteAllText(Path.Combine(root, "docs", "reliability.md"), text.ToString());
return tests.ExitCode;

internal sealed record Row(string Attack, int Cases, string Outcome, int? Refused, double? Slowest);
