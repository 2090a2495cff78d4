using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>A run of a sweep.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Name">Its name.</param>
/// <param name="Identity">What it computes (<see cref="RunIdentity"/>).</param>
internal sealed record SweepRun(int Number, string Name, string Identity);

/// <summary>Work on a sweep that was handed to an engine.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Id">The engine's own name for it.</param>
/// <param name="Time">When.</param>
internal sealed record SweepJob(string Engine, string Id, DateTimeOffset Time);

/// <summary>
/// A sweep as its store knows it, <c>RUNS/.sweeps/NAME/sweep.json</c>: its runs, and where it was sent to. What became of the runs, the
/// runs themselves tell.
/// </summary>
internal sealed record SweepRecord
{
    private const string Folders = ".sweeps",
        FileName = "sweep.json",
        LockName = "sweep.lock",
        CancelName = "cancelled";

    /// <summary>
    /// Who changes the record holds it for milliseconds; of many that begin together on a busy machine or a slow disk the last waits for
    /// seconds.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The format, <c>gaitprop-sweep/1</c>.</summary>
    public string Schema { get; init; } = "gaitprop-sweep/1";

    /// <summary>Its name: the experiment's, and eight digits that are the same for the same runs.</summary>
    public required string Name { get; init; }

    /// <summary>The experiment's name, under which the runs are filed.</summary>
    public required string Experiment { get; init; }

    /// <summary>The words of the command that runs it, after <c>gaitprop</c>.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>When it was last begun.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>Its runs.</summary>
    public required IReadOnlyList<SweepRun> Runs { get; init; }

    /// <summary>Where it was sent to.</summary>
    public IReadOnlyList<SweepJob> Jobs { get; init; } = [];

    /// <summary>A sweep's name.</summary>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="identities">The identities of its runs, in order.</param>
    public static string NameOf(string experiment, IEnumerable<string> identities) =>
        $"{experiment}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', identities))))[..8]}";

    /// <summary>Its folder, which also takes the files that an engine gets and the words of its tasks.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="name">The sweep's name.</param>
    public static string FolderOf(string runs, string name) => Path.Combine(Path.GetFullPath(runs), Folders, name);

    /// <summary>The file that asks all who work on a sweep to stop.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="name">The sweep's name.</param>
    public static string CancelFile(string runs, string name) => Path.Combine(FolderOf(runs, name), CancelName);

    /// <summary>Finds a sweep.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="name">Its name or the beginning of it; the one that was last begun if <see langword="null"/> or <c>last</c>.</param>
    /// <exception cref="GaitPropException">There is none, or several begin so, or its file is damaged.</exception>
    public static SweepRecord Find(string runs, string? name)
    {
        var folder = FolderOf(runs, "");
        string[] there = [];
        try
        {
            there = Directory.Exists(folder)
                ? [.. Directory.GetDirectories(folder).Where(d => File.Exists(Path.Combine(d, FileName))).Order(StringComparer.Ordinal)]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {folder}: {OneLine.Of(e)}; name another folder with --runs.", e);
        }

        if (there.Length == 0)
        {
            throw new GaitPropException(
                $"there is no sweep in {Path.GetFullPath(runs)}: 'gaitprop sweep synthetic-shallow --over optimizer.lr=1e-4,1e-3' begins one, --runs names another folder."
            );
        }

        if (name is null or "last")
        {
            return there.Select(Read).MaxBy(r => r.Begun)!;
        }

        var meant = there.Where(d => Path.GetFileName(d) == name).ToArray() is { Length: 1 } exact
            ? exact
            : [.. there.Where(d => Path.GetFileName(d).StartsWith(name, StringComparison.Ordinal))];
        return meant.Length switch
        {
            1 => Read(meant[0]),
            0 => throw new GaitPropException(Suggestion.Unknown("sweep", name, there.Select(d => Path.GetFileName(d)!))),
            _ => throw new GaitPropException(
                $"'{name}' may be any of {meant.Length} sweeps: {string.Join(", ", meant.Take(5).Select(Path.GetFileName))}; give more of the name."
            ),
        };
    }

    /// <summary>The sweep of a name as it was begun before, or <see langword="null"/>.</summary>
    public static SweepRecord? Before(string runs, string name) =>
        FolderOf(runs, name) is var folder && File.Exists(Path.Combine(folder, FileName)) ? Read(folder) : null;

    /// <summary>Asks all who work on a sweep to stop.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="name">The sweep's name.</param>
    /// <exception cref="GaitPropException">The store cannot be written.</exception>
    public static void Cancel(string runs, string name) => AtomicFile.Write(CancelFile(runs, name), []);

    /// <summary>Writes it down, and takes back that it was cancelled. Where it was sent to before stays written.</summary>
    /// <param name="runs">The store.</param>
    /// <exception cref="GaitPropException">The store cannot be written, or the earlier record is damaged.</exception>
    public void Begin(string runs)
    {
        Change(runs, before => this with { Jobs = before.Jobs });
        try
        {
            File.Delete(CancelFile(runs, Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(CancelFile(runs, Name), e);
        }
    }

    /// <summary>Writes it down if nobody has: what is known of a sweep stays as it is.</summary>
    /// <param name="runs">The store.</param>
    /// <exception cref="GaitPropException">The store cannot be written.</exception>
    public void WriteIfNew(string runs)
    {
        var folder = FolderOf(runs, Name);
        if (File.Exists(Path.Combine(folder, FileName)))
        {
            return;
        }

        // Whoever holds the lock is writing it.
        using var held = FileLock.TryTake(Path.Combine(folder, LockName));
        if (held is not null && !File.Exists(Path.Combine(folder, FileName)))
        {
            Write(runs);
        }
    }

    /// <summary>Writes down where it was sent to, beside what others have written meanwhile.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="job">What the engine got.</param>
    /// <exception cref="GaitPropException">The store cannot be written, or the record is damaged.</exception>
    public void Sent(string runs, SweepJob job) => Change(runs, before => before with { Jobs = [.. before.Jobs, job] });

    /// <summary>Takes back that it was sent to an engine, which has refused it.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="job">What the engine got.</param>
    /// <exception cref="GaitPropException">The store cannot be written, or the record is damaged.</exception>
    public void NotSent(string runs, SweepJob job) => Change(runs, before => before with { Jobs = [.. before.Jobs.Where(j => j != job)] });

    /// <summary>Changes what is written of it, one process at a time.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="change">What becomes of the record as it is now.</param>
    private void Change(string runs, Func<SweepRecord, SweepRecord> change)
    {
        var file = Path.Combine(FolderOf(runs, Name), LockName);
        FileLock? held;
        for (var watch = Stopwatch.StartNew(); (held = FileLock.TryTake(file)) is null; )
        {
            if (watch.Elapsed > Patience)
            {
                throw new GaitPropException(
                    $"{file} is held by {FileLock.Holder(file)?.ToString() ?? "another process"}; wait for it, or stop it."
                );
            }
        }

        using (held)
        {
            change(Before(runs, Name) ?? this).Write(runs);
        }
    }

    private void Write(string runs)
    {
        var folder = FolderOf(runs, Name);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(folder, e);
        }

        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, ExperimentJson.Options));
    }

    private static SweepRecord Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<SweepRecord>(File.ReadAllBytes(file), ExperimentJson.Strict)
                ?? throw new JsonException("it is not an object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new GaitPropException($"{file} is damaged: {OneLine.Of(e)}; delete it, the same sweep writes it again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {file}: {OneLine.Of(e)}.", e);
        }
    }
}
