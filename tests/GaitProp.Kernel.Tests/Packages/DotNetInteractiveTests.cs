namespace GaitProp.Kernel.Tests.Packages;

/// <summary>The package in the published tool, from a folder that is its feed.</summary>
[Collection(Packed.Name)]
public sealed class DotNetInteractiveTests(PackedPackages packed) : IDisposable
{
    private const string Small = "--set trainImages=256 --set testImages=128 --data embedded";

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-interactive-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_notebook_that_adds_the_package_from_a_folder_trains_and_shows_the_run()
    {
        var stop = TestContext.Current.CancellationToken;
        using var host = DotNetInteractive.Start(_folder, out var tried);
        Assert.SkipWhen(host is null, tried);

        var loaded = await Succeeds($"#i \"nuget:{packed.Feed}\"\n#r \"nuget:GaitProp.Kernel,{PackedPackages.Version}\"");
        Assert.Contains("#!gaitprop --help", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("CS1701", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("<td>", await Succeeds("#!whos"), StringComparison.Ordinal);
        Assert.Contains("libtorch bridge", await Succeeds("#!gaitprop info"), StringComparison.Ordinal);

        // The figure is drawn by F# that is older there than here.
        var trained = await Succeeds($"#!gaitprop train synthetic-shallow --epochs 1 {Small} --as run");
        Assert.Contains("image/png: ", trained, StringComparison.Ordinal);
        Assert.Contains("application/vnd.plotly.v1+json: ", trained, StringComparison.Ordinal);

        var run = await Succeeds("run");
        Assert.Contains("text/html: <div", run, StringComparison.Ordinal);
        Assert.Contains("synthetic-shallow: normalised GAIT, preset fast, seed 1: finished", run, StringComparison.Ordinal);

        // Other languages beside it.
        await Succeeds("#!fsharp\nlet model = \"cifar-shallow\"");
        Assert.Contains("cifar-shallow", await Succeeds("#!fsharp\n#!gaitprop model show \"{model}\""), StringComparison.Ordinal);
        Assert.Contains("<b>beside</b>", await Succeeds("#!html\n<b>beside</b>"), StringComparison.Ordinal);

        var (succeeded, error) = await host.Submit("#!gaitprop trian x", stop);
        Assert.False(succeeded);
        Assert.Contains("Did you mean 'train'?", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);

        async Task<string> Succeeds(string code)
        {
            var (succeeded, text) = await host.Submit(code, stop);
            Assert.True(succeeded, $"{code}\n{text}");
            Assert.DoesNotContain("could not load", text, StringComparison.OrdinalIgnoreCase);
            return text;
        }
    }
}
