using System.Globalization;

namespace GaitProp.Tests.Runs;

/// <summary>Run folders as <c>docs/formats.md</c> describes them, written by hand.</summary>
internal static class SampleRuns
{
    public const string Epoch0 =
        """{"kind":"epoch","epoch":0,"step":0,"trainLoss":2.5,"trainAccuracy":0.1,"testLoss":2.75,"testAccuracy":0.125,"defects":[1e-16,0.5]}""";

    public const string Step0 = """{"kind":"step","epoch":1,"step":0,"loss":2.302585092994046,"angles":[0.25,0],"meanAngle":0.25}""";

    public const string Step1 = """{"kind":"step","epoch":1,"step":1,"loss":2.25,"angles":[null,null],"meanAngle":null}""";

    public const string Epoch1 =
        """{"kind":"epoch","epoch":1,"step":2,"trainLoss":2,"trainAccuracy":0.5,"testLoss":2.125,"testAccuracy":0.375,"defects":[0.25,0.75],"testTop5":0.875}""";

    public const string Timing1 =
        """{"kind":"epoch","epoch":1,"steps":2,"meanStepSeconds":0.001,"trainSeconds":0.25,"angleSeconds":0.125,"evaluationSeconds":0.0625}""";

    /// <summary>Writes a run.</summary>
    /// <param name="experiment">The folder of its experiment.</param>
    /// <param name="name">Its name: RULE-sSEED and more.</param>
    /// <param name="status">Its status.</param>
    /// <param name="minute">When it began, minutes after some hour.</param>
    /// <param name="metrics">Lines of <c>metrics.jsonl</c>; no file if there are none.</param>
    /// <returns>Its folder.</returns>
    public static string Write(string experiment, string name, string status = "finished", int minute = 0, params string[] metrics)
    {
        var folder = Directory.CreateDirectory(Path.Combine(experiment, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "run.json"), Description(Path.GetFileName(experiment), name, status, minute));
        File.WriteAllText(Path.Combine(folder, "metrics.jsonl"), string.Concat(metrics.Select(l => l + "\n")));
        return folder;
    }

    private static string Description(string experiment, string name, string status, int minute) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {
              "schema": "gaitprop-run/1",
              "name": "{{name}}",
              "status": "{{status}}",
              "error": {{(status is "failed" or "diverged" ? "\"it broke\"" : "null")}},
              "started": "2026-11-23T17:{{minute:D2}}:00.5+01:00",
              "ended": {{(status == "running" ? "null" : "\"2026-11-23T18:30:00+01:00\"")}},
              "identity": "0123abcd",
              "experiment": {
                "name": "{{experiment}}",
                "network": "shallow",
                "rule": "{{name.Split('-')[0]}}",
                "ruleOptions": { "name": "not this", "epochs": 7 },
                "preset": "fast",
                "epochs": 3,
                "seed": {{name.Split('-')[1].TrimStart('s')}},
                "trainImages": null
              },
              "data": { "name": "set", "source": "nowhere", "embedded": true },
              "layers": [{ "name": "dense1", "inputs": 3 }]
            }
            """
        );
}
