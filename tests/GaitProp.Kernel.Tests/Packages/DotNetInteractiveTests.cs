namespace GaitProp.Kernel.Tests.Packages;

/// <summary>The package in the real host, from a folder that is its feed.</summary>
public sealed class DotNetInteractiveTests : IDisposable
{
    private const string Small = "--set trainImages=256 --set testImages=128 --data embedded";

    // A version of its own: NuGet keeps what it has once unpacked.
    private readonly string _version = $"0.0.0-trial{DateTime.UtcNow.Ticks}";
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-interactive-").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var kept in new[] { "gaitprop.core", "gaitprop.kernel" }.Select(p => Path.Combine(packages, p, _version)).Where(Directory.Exists))
        {
            Directory.Delete(kept, recursive: true);
        }
    }

    [Fact]
    public async Task A_notebook_that_adds_the_package_from_a_folder_trains_and_shows_the_run()
    {
        var stop = TestContext.Current.CancellationToken;
        using var host = DotNetInteractive.Start(_folder, out var tried);
        Assert.SkipWhen(host is null, tried);
        foreach (var project in new[] { "GaitProp.Core", "GaitProp.Kernel" })
        {
            PackedPackages.Pack(_folder, project, $"-p:Version={_version}");
        }

        Assert.Contains("#!gaitprop --help", await Succeeds($"#i \"nuget:{Path.Combine(_folder, "package")}\"\n#r \"nuget:GaitProp.Kernel,{_version}\""), StringComparison.Ordinal);
        Assert.Contains("libtorch bridge", await Succeeds("#!gaitprop info"), StringComparison.Ordinal);
        Assert.Contains("image/png: ", await Succeeds($"#!gaitprop train synthetic-shallow --epochs 1 {Small} --as run"), StringComparison.Ordinal);

        var run = await Succeeds("run");
        Assert.Contains("text/html: <div", run, StringComparison.Ordinal);
        Assert.Contains("synthetic-shallow: normalised GAIT, preset fast, seed 1: finished", run, StringComparison.Ordinal);

        // Drawn by F# that is older there than here.
        Assert.Contains("application/vnd.plotly.v1+json: ", await Succeeds($"#!gaitprop compare synthetic-shallow --rules bp,fa --epochs 1 {Small} --as both"), StringComparison.Ordinal);

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
