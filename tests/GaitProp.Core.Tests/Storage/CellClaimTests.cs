using System.Text.Json;
using GaitProp.Storage;

namespace GaitProp.Tests.Storage;

/// <summary>One cell, several machines, and clocks that do not agree.</summary>
public sealed class CellClaimTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;
    private readonly Clock _clock = new();

    private string Stem => Path.Combine(_folder, "0123abcd");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_cell_is_held_by_one_and_free_when_it_is_given_back()
    {
        var first = Take(out _);
        Assert.NotNull(first);
        Assert.Null(Take(out var holder));
        Assert.Equal(WorkerLife.Alive, holder);
        first.Dispose();
        Assert.Empty(Directory.GetFiles(_folder));
        Take(out _)!.Dispose();
    }

    [Fact]
    public void On_this_machine_the_process_decides_whatever_its_heartbeat_says()
    {
        // The process is this one, and its number with another beginning one that has ended; their times do not matter.
        Write(1, Heartbeat.First() with { Time = DateTimeOffset.Now.AddHours(-5) });
        Assert.Null(Take(out _));
        Write(1, Heartbeat.First() with { Began = "1", Time = DateTimeOffset.Now.AddHours(5) });
        using var taken = Take(out _);
        Assert.NotNull(taken);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void Another_machine_is_believed_by_the_change_of_its_heartbeat_and_not_by_its_clock(int hoursOff)
    {
        var (watch, beat) = (new HeartbeatWatch(Patience, _clock), Elsewhere with { Time = DateTimeOffset.Now.AddHours(hoursOff) });
        Write(1, beat);
        Assert.Null(CellClaim.TryTake(Stem, watch, out var holder));
        Assert.Equal(WorkerLife.Unsure, holder);
        for (var i = 1; i < 20; i++)
        {
            _clock.Pass(TimeSpan.FromSeconds(50));
            Write(1, beat with { Beats = i });
            Assert.Null(CellClaim.TryTake(Stem, watch, out holder));
            Assert.Equal(WorkerLife.Alive, holder);
        }

        _clock.Pass(Patience - TimeSpan.FromSeconds(1));
        Assert.Null(CellClaim.TryTake(Stem, watch, out _));
        _clock.Pass(TimeSpan.FromSeconds(1));
        using var taken = CellClaim.TryTake(Stem, watch, out _);
        Assert.NotNull(taken);
        Assert.Equal(["0123abcd.claim-2"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Of_many_who_find_a_worker_dead_one_gets_its_cell()
    {
        Write(1, Elsewhere);
        var watches = Enumerable.Range(0, 16).Select(_ => new HeartbeatWatch(Patience, _clock)).ToArray();
        Assert.All(watches, w => Assert.Null(CellClaim.TryTake(Stem, w, out _)));
        _clock.Pass(Patience);
        var taken = watches
            .AsParallel()
            .WithDegreeOfParallelism(16)
            .Select(w => CellClaim.TryTake(Stem, w, out _))
            .OfType<CellClaim>()
            .ToArray();
        Assert.Single(taken).Dispose();
    }

    [Fact]
    public void A_worker_that_was_believed_dead_learns_that_it_was_overtaken()
    {
        using var first = CellClaim.TryTake(Stem, new HeartbeatWatch(), out _, TimeSpan.FromMilliseconds(20))!;
        Assert.True(SpinWait.SpinUntil(() => CellClaim.Holder(Stem) is { Beat.Beats: > 2 }, TimeSpan.FromSeconds(30)));
        Assert.False(first.Lost.IsCancellationRequested);
        Write(2, Elsewhere);
        Assert.True(first.Lost.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
        Assert.Equal("ELSEWHERE", CellClaim.Holder(Stem)?.Beat.Host);
    }

    /// <summary>The worker that overtook it has ended, and the next one has the same number.</summary>
    [Fact]
    public void A_worker_that_was_overtaken_while_it_slept_leaves_alone_what_has_its_number_now()
    {
        using (var first = CellClaim.TryTake(Stem, new HeartbeatWatch(), out _, TimeSpan.FromSeconds(1))!)
        {
            Write(1, Elsewhere with { Beats = 41 });
            Assert.True(first.Lost.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
            Assert.Equal(41, CellClaim.Holder(Stem)?.Beat.Beats);
        }

        Assert.Equal("ELSEWHERE", CellClaim.Holder(Stem)?.Beat.Host);
    }

    [Fact]
    public void A_claim_that_was_never_written_to_its_end_is_overtaken_in_time()
    {
        File.WriteAllText($"{Stem}.claim-1", "{\"host\":");
        var watch = new HeartbeatWatch(Patience, _clock);
        Assert.Null(CellClaim.TryTake(Stem, watch, out _));
        _clock.Pass(Patience);
        CellClaim.TryTake(Stem, watch, out _)!.Dispose();
    }

    /// <summary>A claim without a word in it would keep everybody off the cell for a minute.</summary>
    [Fact]
    public void A_claim_that_a_full_disk_does_not_take_is_one_line_and_leaves_nothing()
    {
        using var disk = TinyDisk.Mount(Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName, kilobytes: 64);
        var stem = Path.Combine(disk.Path, "0123abcd");
        File.WriteAllBytes(Path.Combine(disk.Path, "ballast"), new byte[64 * 1024]);

        var error = Assert.Throws<GaitPropException>(() => CellClaim.TryTake(stem, new HeartbeatWatch(), out _));

        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.Equal(["ballast"], Directory.GetFiles(disk.Path).Select(Path.GetFileName));
        File.Delete(Path.Combine(disk.Path, "ballast"));
        using var taken = CellClaim.TryTake(stem, new HeartbeatWatch(), out _);
        Assert.NotNull(taken);
    }

    private static Heartbeat Elsewhere => new("ELSEWHERE", "another machine", 7, "1", 0, DateTimeOffset.Now);

    private CellClaim? Take(out WorkerLife holder) => CellClaim.TryTake(Stem, new HeartbeatWatch(Patience, _clock), out holder);

    private void Write(int number, Heartbeat beat) =>
        File.WriteAllBytes($"{Stem}.claim-{number}", JsonSerializer.SerializeToUtf8Bytes(beat, JsonSerializerOptions.Web));
}
