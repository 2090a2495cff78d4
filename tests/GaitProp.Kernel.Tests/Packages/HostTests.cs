namespace GaitProp.Kernel.Tests.Packages;

/// <summary>
/// The same cells in the kit's own host and in the published tool, which gets the extension from its package in a folder.
/// </summary>
[Collection(Packed.Name)]
[Trait("Size", "Exhaustive")]
public sealed class HostTests(PackedPackages packed) : IDisposable
{
    private const string Own = "the kit's own";
    private const string Published = "the published tool";
    private const string Small = "--set trainImages=256 --set testImages=128 --data embedded";

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-host-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Own)]
    [InlineData(Published)]
    public async Task A_notebook_trains_shows_the_run_and_shares_it_between_languages(string which)
    {
        var stop = TestContext.Current.CancellationToken;
        var tried = "";
        using var host = which == Own ? new OwnHost() : (INotebookHost?)DotNetInteractive.Start(_folder, out tried);
        Assert.SkipWhen(host is null, tried);
        if (which == Published)
        {
            var loaded = await Succeeds($"#i \"nuget:{packed.Feed}\"\n#r \"nuget:GaitProp.Kernel,{PackedPackages.Version}\"");
            Assert.Contains("#!gaitprop --help", loaded, StringComparison.Ordinal);
            Assert.DoesNotContain("CS1701", loaded, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<td>", await Succeeds("#!whos"), StringComparison.Ordinal);
        Assert.Contains("NetworkBuilder", await Succeeds("typeof(NetworkBuilder).Name"), StringComparison.Ordinal);
        Assert.Contains("libtorch bridge", await Succeeds("#!gaitprop info"), StringComparison.Ordinal);

        // The figure is drawn by F# that is older in the published tool.
        var trained = await Succeeds($"#!gaitprop train synthetic-shallow --epochs 1 {Small} --runs \"{_folder}\" --as run");
        Assert.Contains("image/png: ", trained, StringComparison.Ordinal);
        Assert.Contains("application/vnd.plotly.v1+json: ", trained, StringComparison.Ordinal);

        var run = await Succeeds("run");
        Assert.Contains("text/html: <div", run, StringComparison.Ordinal);
        Assert.Contains("synthetic-shallow: normalised GAIT, preset fast, seed 1: finished", run, StringComparison.Ordinal);
        Assert.Contains("run", await Succeeds("#!whos"), StringComparison.Ordinal);

        // Values go from language to language, and into the words of a line.
        await Succeeds("#!value --name model\ncifar-shallow");
        await Succeeds("#!share model --from value");
        Assert.Contains("text/plain: cifar-shallow", await Succeeds("model"), StringComparison.Ordinal);
        Assert.Contains("cifar-shallow", await Succeeds("#!gaitprop model show \"{model}\""), StringComparison.Ordinal);
        await Succeeds("#!set --name words --value @value:model");
        Assert.Contains("13", await Succeeds("words.Length"), StringComparison.Ordinal);
        Assert.Contains("<b>beside</b>", await Succeeds("#!html\n<b>beside</b>"), StringComparison.Ordinal);

        if (which == Published)
        {
            // DuckDB is not part of the package: the error says how to add it.
            var (_, missing) = await host.Submit("#!duckdb\nSELECT 1", stop);
            Assert.Contains("DuckDB.NET.Data.Full", missing, StringComparison.Ordinal);
            await Succeeds("#r \"nuget:DuckDB.NET.Data.Full,1.5.6.1\"");
            Assert.Contains("42", await Succeeds("#!duckdb\nSELECT 40 + 2 AS n"), StringComparison.Ordinal);
        }

        // F# has the run itself; a chart of the user's own is a chart.
        Assert.Contains("42", await Succeeds("#!fsharp\nlet epochs (n: int) = n + 1\nepochs 41"), StringComparison.Ordinal);
        Assert.Contains(
            "cifar-shallow",
            await Succeeds("#!fsharp\nlet network = \"cifar-shallow\"\n#!gaitprop model show \"{network}\""),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "application/vnd.plotly.v1+json: ",
            await Succeeds("Plotly.NET.GenericChart.ofTraceObject(true, new Plotly.NET.Trace(\"bar\"))"),
            StringComparison.Ordinal
        );

        foreach (
            var (line, part) in new[]
            {
                ("#!gaitprop trian x", "Did you mean 'train'?"),
                ("#!gaitprop train nosuch", "nosuch"),
                ("#!gaitprop info --as x", "no result"),
            }
        )
        {
            var (succeeded, error) = await host.Submit(line, stop);
            Assert.False(succeeded);
            Assert.Contains(part, error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }

        async Task<string> Succeeds(string code)
        {
            var (succeeded, text) = await host.Submit(code, stop);
            Assert.True(succeeded, $"{code}\n{text}");
            Assert.DoesNotContain("could not load", text, StringComparison.OrdinalIgnoreCase);
            return text;
        }
    }
}
