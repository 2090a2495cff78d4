using System.Net;
using System.Net.Sockets;
using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class Cifar10DownloadTests : IDisposable
{
    /// <summary>The server is never silent on purpose; on a busy machine it may be for a while.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ScratchFolder _scratch = new();
    private readonly TinyCifar10 _tiny = new();
    private readonly byte[] _archive;
    private readonly LocalServer _server;
    private readonly List<InstallProgress> _progress = [];

    public Cifar10DownloadTests()
    {
        _archive = _tiny.Archive();
        _server = new LocalServer(_archive);
    }

    private string Part => Path.Combine(_scratch.Make("cifar-10-batches-bin.partial"), "tiny.tar.gz.part");

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    private Task<InstalledData> DownloadAsync(Uri? address = null) =>
        new DataInstaller(_tiny.PublishedIn(_archive), _scratch.Path)
        {
            Address = address ?? _server.Address,
            Pause = _ => TimeSpan.FromMilliseconds(1),
            Patience = Patience,
            Progress = _progress.Add,
        }.DownloadAsync(TestContext.Current.CancellationToken);

    private async Task AssertInstalledAsync(params string[] requests)
    {
        var installed = await DownloadAsync();

        Assert.False(installed.WasThere);
        _tiny.AssertWholeIn(installed.Folder);
        Assert.Equal([installed.Folder], Directory.EnumerateFileSystemEntries(_scratch.Path));
        Assert.Equal(requests, _server.Requests);
    }

    private async Task AssertFailsAsync(params string[] parts) =>
        Cifar10Tests.AssertMessage(await Assert.ThrowsAsync<GaitPropException>(() => DownloadAsync()), parts);

    [Fact]
    public async Task A_download_is_unpacked_and_reported()
    {
        await AssertInstalledAsync("");

        Assert.Contains(_progress, p => p.Step == InstallStep.Downloading && p.Fraction == 1);
        Assert.Contains(_progress, p => p.Step == InstallStep.Unpacking && p.Fraction == 1);
        Assert.True((await DownloadAsync()).WasThere);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_dropped_connection_goes_on_where_it_broke()
    {
        _server.BreakAfter = request => request < 7 ? 5_000 : null;

        await AssertInstalledAsync(["", .. Enumerable.Range(1, 7).Select(i => $"bytes={5_000 * i}- \"one\"")]);
        Assert.Contains(_progress, p => p.Step == InstallStep.Waiting && p.ToString().Contains("trying again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_partial_file_of_an_earlier_run_is_continued()
    {
        File.WriteAllBytes(Part, _archive[..20_000]);

        await AssertInstalledAsync("bytes=20000-");
    }

    [Fact]
    public async Task A_complete_partial_file_needs_no_request()
    {
        File.WriteAllBytes(Part, _archive);

        await AssertInstalledAsync();
    }

    [Fact]
    public async Task A_server_without_ranges_sends_everything_again()
    {
        _server.KnowsRanges = false;
        _server.BreakAfter = request => request == 0 ? 5_000 : null;

        await AssertInstalledAsync("", "bytes=5000- \"one\"");
    }

    [Fact]
    public async Task A_file_that_changed_on_the_server_starts_again()
    {
        File.WriteAllBytes(Part, new byte[20_000]);
        File.WriteAllLines(Part + ".version", [_server.Address.AbsoluteUri, "\"zero\""]);

        await AssertInstalledAsync("bytes=20000- \"zero\"");
    }

    [Fact]
    public async Task A_partial_file_that_does_not_fit_is_thrown_away_and_fetched_anew()
    {
        File.WriteAllBytes(Part, new byte[20_000]);

        await AssertInstalledAsync("bytes=20000-", "");
    }

    [Fact]
    public async Task A_partial_file_that_is_too_long_starts_again()
    {
        File.WriteAllBytes(Part, new byte[_archive.Length + 1]);

        await AssertInstalledAsync("");
    }

    [Fact]
    public async Task A_refused_range_starts_again()
    {
        File.WriteAllBytes(Part, _archive[..20_000]);
        _server.Status = request => request == 0 ? 416 : null;

        await AssertInstalledAsync("bytes=20000-", "");
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_but_not_for_ever()
    {
        _server.Status = request => request < 2 ? 503 : null;
        await AssertInstalledAsync("", "", "");
    }

    [Fact]
    public async Task A_connection_that_keeps_breaking_is_given_up_and_what_came_in_is_kept()
    {
        _server.BreakAfter = request => request == 0 ? 20_000 : 0;

        await AssertFailsAsync("broke off at 0.0 MB of 0.1 MB, 5 times in a row", "run again", "--from");

        Assert.Equal(_archive[..20_000], File.ReadAllBytes(Part));
        _server.BreakAfter = _ => null;
        Assert.False((await DownloadAsync()).WasThere);
    }

    [Fact]
    public async Task A_missing_file_on_the_server_is_an_error_at_once()
    {
        _server.Status = _ => 404;

        await AssertFailsAsync("answers 404", "--from");
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Another_file_on_the_server_is_refused_before_it_is_received()
    {
        File.WriteAllBytes(Part, _archive[..20_000]);
        _server.Content = new byte[99];
        _server.KnowsRanges = false;

        await AssertFailsAsync("has 99 bytes, not", "not the official archive");
        Assert.Equal(20_000, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task A_wrong_md5_sum_is_refused_and_nothing_is_kept()
    {
        _server.Content = (byte[])_archive.Clone();
        _server.Content[30_000] ^= 1;

        await AssertFailsAsync($"md5 sum {TinyCifar10.Md5(_server.Content)}, not {TinyCifar10.Md5(_archive)}", "--from");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public async Task No_network_is_told_at_once_with_the_way_out()
    {
        // Nobody else gets a port that is bound, and nobody answers there until somebody listens.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)silent.LocalEndPoint!).Port;

        var refused = await Assert.ThrowsAsync<GaitPropException>(() => DownloadAsync(new Uri($"http://127.0.0.1:{port}/a")));
        Cifar10Tests.AssertMessage(refused, "cannot be reached", "check the network", "get https://official.invalid/tiny.tar.gz", "--from");
        var unknown = await Assert.ThrowsAsync<GaitPropException>(() => DownloadAsync(new Uri("http://no-such-host.invalid/a")));
        Cifar10Tests.AssertMessage(unknown, "cannot be reached", "check the network");
    }

    [Fact]
    public async Task Stopping_keeps_what_came_in()
    {
        using var stop = new CancellationTokenSource();
        var installer = new DataInstaller(_tiny.PublishedIn(_archive), _scratch.Path)
        {
            Address = _server.Address,
            Progress = progress =>
            {
                if (progress.BytesDone > 0)
                {
                    stop.Cancel();
                }
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installer.DownloadAsync(stop.Token));

        var kept = File.ReadAllBytes(Part);
        Assert.NotEmpty(kept);
        Assert.Equal(_archive[..kept.Length], kept);
    }
}
