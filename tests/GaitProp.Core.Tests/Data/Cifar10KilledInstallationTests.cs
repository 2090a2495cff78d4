using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class Cifar10KilledInstallationTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly TinyCifar10 _tiny = new();

    private string Target => _scratch["to", "cifar-10-batches-bin"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_download_killed_at_any_step_leaves_no_set_and_the_next_run_finishes_it()
    {
        var archive = _tiny.Archive();
        using var server = new LocalServer(archive);
        var step = 0;
        for (; KilledInstallation.Run(server.Address.AbsoluteUri, _scratch["to"], step); step++)
        {
            Assert.False(Directory.Exists(Target));
            if (step % 2 == 0)
            {
                continue;
            }

            // Every other time the next killed process has to cope with what this one left.
            Assert.False(
                (
                    await new DataInstaller(_tiny.PublishedIn(archive), _scratch["to"]) { Address = server.Address }.DownloadAsync(
                        TestContext.Current.CancellationToken
                    )
                ).WasThere
            );
            AssertWhole();
            Directory.Delete(_scratch["to"], recursive: true);
        }

        AssertWhole();
        Assert.True(step >= 8, $"{step} steps are fewer than there are files.");
    }

    [Fact]
    public void A_replacement_killed_at_any_step_leaves_the_old_set()
    {
        _tiny.WriteTo(_scratch["from"]);
        _tiny.WriteTo(Target);
        File.WriteAllText(Path.Combine(Target, "data_batch_1.bin"), "old");

        for (var step = 0; KilledInstallation.Run(_scratch["from"], _scratch["to"], step); step++)
        {
            Assert.Equal("old", File.ReadAllText(Path.Combine(Target, "data_batch_1.bin")));
        }

        AssertWhole();
    }

    private void AssertWhole()
    {
        _tiny.AssertWholeIn(Target);
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_scratch["to"]));
    }
}
