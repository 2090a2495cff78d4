#!/usr/bin/env -S dotnet run
#:property TargetFramework=net10.0
#:property PublishAot=false

// The slowest tests of some reports, and what they take in later ones, as a Markdown table.
//
// artifacts/bin/GaitProp.Core.Tests/release/GaitProp.Core.Tests -trait- Size=Exhaustive -result-xml before.xml the same for Kernel and
// Notebook
//     dotnet run tests/times/slowest.cs -- 20 before.xml,... after.xml,...
//
// The seconds of a theory are those of all its rows.

using System.Globalization;
using System.Xml.Linq;

if (args is not [var count, var before, var after])
{
    Console.Error.WriteLine("Give a number of tests, the reports before and the reports after, each with commas between.");
    return 2;
}

var (earlier, later) = (Seconds(before), Seconds(after));
Console.WriteLine("| test | before (s) | after (s) |\n|---|---:|---:|");
foreach (var (test, seconds) in earlier.OrderByDescending(t => t.Value).Take(int.Parse(count, CultureInfo.InvariantCulture)))
{
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {test} | {seconds:F1} | {(later.TryGetValue(test, out var now) ? now.ToString("F1", CultureInfo.InvariantCulture) : "not there")} |"
        )
    );
}

return 0;

static Dictionary<string, double> Seconds(string reports) =>
    reports
        .Split(',')
        .SelectMany(file => XDocument.Load(file).Descendants("test"))
        .GroupBy(t => $"{t.Attribute("type")!.Value.Split('.')[^1].Split('+')[0]}.{t.Attribute("method")!.Value}")
        .ToDictionary(g => g.Key, g => g.Sum(t => double.Parse(t.Attribute("time")?.Value ?? "0", CultureInfo.InvariantCulture)));
