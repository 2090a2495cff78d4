using System.Reflection;
using GaitProp.Kernel.Tests.Faults;
using Mono.Cecil;
using NetVips;

namespace GaitProp.Kernel.Tests.Engines;

/// <summary>Ranks that do not fit together, under the engines themselves: one line says which and why, and nothing is begun.</summary>
public sealed class MpiFaultTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData(MpiEngine.OpenMpi)]
    [InlineData(MpiEngine.Mpich)]
    public void A_rank_without_the_data_is_one_line(string engine)
    {
        Photos();
        Trial.Succeeds(_trial.Program.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "shards", "--size", "16"));
        File.WriteAllText(
            _trial.Program["pictures.json"],
            """{ "name": "pictures", "data": "imagenet", "network": ["dense 16", "dense 2"], "rules": ["bp"], "epochs": 1, "batchSize": 4 }"""
        );
        string[] train = ["train", "pictures.json", "--threads", "1", "--data"];

        var alone = _trial.Program.Run([.. train, "shards", "--runs", "alone"]);
        Assert.True(alone.ExitCode == 0, alone.Error);
        foreach (var missing in (int[])[1, 0])
        {
            var folders = (string[])["shards", "shards"];
            folders[missing] = "nowhere";
            var finished = Two(engine, [.. train, folders[0]], Program, [.. train, folders[1]]);

            Assert.NotEqual(0, finished.ExitCode);
            var line = Assert.Single(Ours(finished, "nowhere"));
            Assert.Matches($"^rank {missing} \\(process [0-9]+ on .+\\): .*nowhere", line);
            Assert.Empty(_trial.Runs("runs"));
        }
    }

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData(MpiEngine.OpenMpi)]
    [InlineData(MpiEngine.Mpich)]
    public void Ranks_of_different_versions_are_one_line(string engine)
    {
        var other = OfVersion("7.8.9");
        string[] train = ["train", "small.json", "--rule", "bp", "--epochs", "1", "--threads", "1"];

        var finished = Two(engine, train, other, train);

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Matches(
            "^rank 1 \\(process [0-9]+ on .+\\) runs GaitProp 7\\.8\\.9 .*, but rank 0 \\(process [0-9]+ on .+\\) runs GaitProp .*: give all ranks the same version\\.$",
            Assert.Single(Ours(finished, " runs "))
        );
        Assert.Empty(_trial.Runs("runs"));
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "gaitprop.dll");

    /// <summary>Two ranks with words, and for the second one a program, of their own.</summary>
    private Finished Two(string engine, string[] first, string program, string[] second) =>
        GaitPropProcess.Finish(
            _trial.Program.StartUnder(MpiEngine.Words(engine, 1), [], [.. first, ":", "-n", "1", "dotnet", program, .. second])
        );

    /// <summary>Lines of an error, without the engine's own words.</summary>
    private static string[] Ours(Finished finished, string words)
    {
        var lines = finished.Error.Split('\n').Where(l => l.Contains(words, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(finished.Error.Split('\n'), l => l.StartsWith("   at ", StringComparison.Ordinal));
        return lines;
    }

    /// <summary>The program once more, saying that it is another version.</summary>
    private string OfVersion(string version)
    {
        // The host looks for what a program needs beside the real file: that one is a copy, the rest are links.
        var folder = Directory.CreateDirectory(_trial.Program["other"]).FullName;
        foreach (var entry in Directory.EnumerateFileSystemEntries(AppContext.BaseDirectory))
        {
            var target = Path.Combine(folder, Path.GetFileName(entry));
            if (Path.GetFileName(entry).StartsWith("gaitprop.", StringComparison.Ordinal))
            {
                File.Copy(entry, target);
            }
            else if (Path.GetFileName(entry) != "GaitProp.Core.dll")
            {
                File.CreateSymbolicLink(target, entry);
            }
        }

        using var core = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, "GaitProp.Core.dll"));
        var said = core.CustomAttributes.Single(a => a.AttributeType.Name == nameof(AssemblyInformationalVersionAttribute));
        said.ConstructorArguments[0] = new CustomAttributeArgument(core.MainModule.TypeSystem.String, version);
        core.Write(Path.Combine(folder, "GaitProp.Core.dll"));
        return Path.Combine(folder, "gaitprop.dll");
    }

    private void Photos()
    {
        for (var i = 0; i < 12; i++)
        {
            var file = _trial.Program["photos", $"class{i % 2}", $"{i}.jpg"];
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var noise = Image.Gaussnoise(40, 30, mean: 128, sigma: 40, seed: i);
            File.WriteAllBytes(file, noise.Cast(Enums.BandFormat.Uchar).JpegsaveBuffer());
        }
    }
}
