using System.Text.Json;
using GaitProp.Runs;
using GaitProp.Storage;
using GaitProp.Tests.Data;

namespace GaitProp.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly string _run;

    public RunLockTests() => _run = _scratch.Make("experiment", "bp-s1");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_run_is_locked_once_until_the_lock_is_given_back()
    {
        using (RunLock.Take(_run))
        {
            Assert.True(RunLock.IsHeld(_run));
            Assert.Null(RunLock.TryTake(_run));
        }

        Assert.False(RunLock.IsHeld(_run));
        using var again = RunLock.TryTake(_run);
        Assert.NotNull(again);
    }

    [Fact]
    public void Of_many_processes_one_takes_the_lock()
    {
        var processes = Enumerable.Range(0, 6).Select(_ => new RunProcess("take", _run)).ToArray();
        try
        {
            Array.ForEach(processes, p => p.Go());

            Assert.Equal(["busy", "busy", "busy", "busy", "busy", "held"], processes.Select(p => p.Said()).Order());
        }
        finally
        {
            Array.ForEach(processes, p => p.Dispose());
        }
    }

    [Fact]
    public void A_lock_that_another_process_holds_is_named_in_one_line()
    {
        using var other = RunProcess.Holding(_run);

        var e = Assert.Throws<GaitPropException>(() => RunLock.Take(_run));

        Assert.Matches(
            $@"^run bp-s1 is being written by process {other.Id} on {Environment.MachineName} since \d{{4}}-\d\d-\d\d \d\d:\d\d; wait for it, or stop it\.$",
            e.Message
        );
    }

    [Fact]
    public void The_lock_file_tells_its_holder_in_json()
    {
        using var other = RunProcess.Holding(_run);

        // The lock keeps .NET from reading the file on Unix, as it should not keep a person.
        var holder = FileLock.Holder(Path.Combine(_run, "run.lock"))!;
        Assert.Equal((other.Id, Environment.MachineName), (holder.Pid, holder.Host));
        Assert.InRange(holder.Started, DateTimeOffset.Now.AddMinutes(-1), DateTimeOffset.Now);

        other.Kill();
        var left = File.ReadAllText(Path.Combine(_run, "run.lock"));
        Assert.EndsWith("}\n", left, StringComparison.Ordinal);
        Assert.Equal(["pid", "host", "started"], JsonDocument.Parse(left).RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void The_lock_of_a_killed_process_is_free()
    {
        using var other = RunProcess.Holding(_run);
        Assert.True(RunLock.IsHeld(_run));

        other.Kill();

        Assert.False(RunLock.IsHeld(_run));
        Assert.Null(FileLock.Holder(Path.Combine(_run, "run.lock")));
        RunLock.Take(_run).Dispose();
    }

    [Fact]
    public void What_a_killed_process_had_started_does_not_keep_its_lock()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs the sleep command");
        using var other = new RunProcess("take-with-child", _run);
        other.Go();
        Assert.Equal("held", other.Said());
        var child = other.Child();

        other.Kill();

        Assert.False(child.HasExited);
        RunLock.Take(_run).Dispose();
    }

    [Fact]
    public async Task Looking_at_a_lock_does_not_keep_others_from_it()
    {
        using var stop = new CancellationTokenSource();
        var looking = Enumerable
            .Range(0, 3)
            .Select(_ =>
                Task.Run(
                    () =>
                    {
                        while (!stop.IsCancellationRequested)
                        {
                            RunLock.IsHeld(_run);
                        }
                    },
                    TestContext.Current.CancellationToken
                )
            )
            .ToArray();

        for (var i = 0; i < 300; i++)
        {
            RunLock.Take(_run).Dispose();
        }

        await stop.CancelAsync();
        await Task.WhenAll(looking);
    }

    [Fact]
    public void Looking_at_a_lock_makes_no_file()
    {
        Assert.False(RunLock.IsHeld(_run));
        Assert.False(RunLock.IsHeld(_scratch["nowhere"]));
        Assert.Empty(Directory.GetFileSystemEntries(_run));
    }

    [Fact]
    public void A_run_that_is_gone_cannot_be_locked()
    {
        Assert.Equal(
            $"{_scratch["gone"]} holds no run: there is no such folder.",
            Assert.Throws<GaitPropException>(() => RunLock.Take(_scratch["gone"])).Message
        );
        Assert.False(Directory.Exists(_scratch["gone"]));
    }

    [Fact]
    public void A_lock_file_may_be_anywhere_and_its_folder_is_made()
    {
        var file = _scratch["experiment", ".cells", "0123abcd.lock"];
        using (FileLock.TryTake(file))
        {
            Assert.True(FileLock.IsHeld(file));
            Assert.Null(FileLock.TryTake(file));
            Assert.Equal(Environment.ProcessId, FileLock.Holder(file)!.Pid);
        }

        Assert.False(FileLock.IsHeld(file));
    }

    [Fact]
    public void A_place_that_cannot_hold_a_lock_is_one_line()
    {
        File.WriteAllText(_scratch["file"], "");

        var e = Assert.Throws<GaitPropException>(() => FileLock.TryTake(_scratch["file", "x.lock"]));

        Assert.StartsWith($"cannot write {_scratch["file", "x.lock"]}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
