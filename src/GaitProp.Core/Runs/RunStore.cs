using GaitProp.Runs;

namespace GaitProp;

/// <summary>The folder of all runs, <c>RUNS/EXPERIMENT/NAME/</c>. Many processes may use one at once.</summary>
public sealed class RunStore
{
    /// <summary>How the folder of a run that is being deleted begins. A name with a dot is no run.</summary>
    private const string Deleted = ".deleted-";

    /// <summary>The store that commands use where none is named.</summary>
    private const string Usual = "runs";

    private readonly string _named;

    /// <summary>Opens a store. It is not looked at before it is asked.</summary>
    /// <param name="folder">The folder of all runs.</param>
    public RunStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (_named, Folder) = (folder, Path.GetFullPath(folder));
    }

    /// <summary>The folder of all runs, a full path.</summary>
    public string Folder { get; }

    /// <summary>Lists the runs, the earliest first. Damaged ones are among them, with a <see cref="RunSummary.Problem"/>.</summary>
    /// <exception cref="GaitPropException">The store is missing or cannot be read.</exception>
    public IReadOnlyList<RunSummary> List() => List(null);

    /// <summary>Lists some runs, the earliest first.</summary>
    /// <param name="filter">Which runs; all of them if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">The store is missing or cannot be read.</exception>
    internal IReadOnlyList<RunSummary> List(RunFilter? filter) => Summaries(Folders(), filter);

    /// <summary>
    /// A run's name with that of the folder above before it, unique in a store: <c>cifar-shallow/ngait-s1-20261123-175612</c>.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    internal static string NameOf(string folder) => $"{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}";

    /// <summary>Some runs without the damaged ones.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="report">Told, in a line each, which are left out and why.</param>
    internal static IReadOnlyList<RunSummary> Whole(IEnumerable<RunSummary> runs, Action<string>? report)
    {
        var all = runs.ToArray();
        foreach (var damaged in all.Where(r => r.Problem is not null))
        {
            report?.Invoke($"left out {damaged.QualifiedName}: {damaged.Problem}");
        }

        return [.. all.Where(r => r.Problem is null)];
    }

    /// <summary>Lists the runs of one experiment, the earliest first; none if it has no folder. The others are not looked at.</summary>
    /// <param name="experiment">The experiment's name, which is its folder's.</param>
    /// <exception cref="GaitPropException">The folder cannot be read.</exception>
    public IReadOnlyList<RunSummary> ListExperiment(string experiment)
    {
        var folder = Path.Combine(Folder, experiment);
        try
        {
            return Directory.Exists(folder) ? Summaries(Visible(folder)) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, e);
        }
    }

    /// <summary>Finds a run.</summary>
    /// <param name="run">
    /// Its folder, its name, <c>EXPERIMENT/NAME</c>, the beginning of either if no other run begins so, or <c>last</c> for the one that
    /// began last.
    /// </param>
    /// <exception cref="GaitPropException">No run or several are meant, or the store is missing or cannot be read.</exception>
    public RunSummary Find(string run)
    {
        if (string.IsNullOrWhiteSpace(run))
        {
            throw new GaitPropException("no run is named: give its name, the beginning of it, its folder, or 'last'.");
        }

        if (
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(Storage.HomePath.Expand(run))) is var folder
            && File.Exists(Path.Combine(folder, "run.json"))
        )
        {
            return RunSummaryReader.Read(folder);
        }

        var folders = Folders();
        if (folders.Count == 0)
        {
            throw new GaitPropException($"there are no runs in {Folder} yet: '{Training}' makes one, --runs names another folder.");
        }

        if (run == "last")
        {
            return List() is var runs && runs.LastOrDefault(r => r.Problem is null) is { } last ? last : runs[^1];
        }

        var names = folders.Select(f => (Folder: f, Name: Path.GetFileName(f), Long: NameOf(f))).ToList();
        var word = Path.TrimEndingDirectorySeparator(run).Replace('\\', '/');
        var meant = names.FindAll(n => word == n.Name || word == n.Long || folder == n.Folder);
        if (meant.Count == 0)
        {
            meant = names.FindAll(n =>
                n.Name.StartsWith(word, StringComparison.Ordinal) || n.Long.StartsWith(word, StringComparison.Ordinal)
            );
        }

        return meant.Count switch
        {
            1 => RunSummaryReader.Read(meant[0].Folder),
            0 => throw Unknown(run, names.Select(n => word.Contains('/', StringComparison.Ordinal) ? n.Long : n.Name)),
            _ => throw Ambiguous(run, [.. meant.Select(n => n.Long).Order(StringComparer.Ordinal)]),
        };
    }

    /// <summary>
    /// Deletes a run with all its files. It leaves the list at once and whole: should this process be killed, what is left of the folder is
    /// removed by the next deletion in its store.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <exception cref="GaitPropException">A process writes it, or it is gone, or it cannot be deleted.</exception>
    public void Delete(RunSummary run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var parent = Path.GetDirectoryName(run.Folder)!;
        var leftover = Path.Combine(parent, $"{Deleted}{run.Name}.{Path.GetRandomFileName()}");
        try
        {
            using var held = RunLock.Take(run.Folder);
            if (OperatingSystem.IsWindows())
            {
                // A folder with an open file in it cannot be renamed there.
                held.Dispose();
            }

            Directory.Move(run.Folder, leftover);
            Remove(leftover);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException(
                $"cannot delete {run.Folder}: {OneLine.OfFile(e)}; delete it with the rights of the user who made it.",
                e
            );
        }

        Sweep(parent);
        if (Directory.Exists(Folder))
        {
            foreach (var experiment in Directory.EnumerateDirectories(Folder))
            {
                Sweep(experiment);
            }
        }
    }

    private static IReadOnlyList<RunSummary> Summaries(IEnumerable<string> folders, RunFilter? filter = null) =>
        [
            .. folders
                .AsParallel()
                .Select(RunSummaryReader.Read)
                .Where(r => filter?.Includes(r) ?? true)
                .OrderBy(r => r.Started)
                .ThenBy(r => r.QualifiedName, StringComparer.Ordinal),
        ];

    private static GaitPropException Unreadable(string folder, Exception e) =>
        new($"cannot read {folder}: {OneLine.OfFile(e)}; name another folder with --runs.", e);

    /// <summary>The command that makes a run in this store.</summary>
    private string Training =>
        $"gaitprop train synthetic-shallow{(Folder == Path.GetFullPath(Usual) ? "" : $" --runs {CommandWord.Quoted(_named)}")}";

    /// <summary>The folders of runs, in no order.</summary>
    private List<string> Folders()
    {
        if (!Directory.Exists(Folder))
        {
            throw new GaitPropException(
                File.Exists(Folder)
                    ? $"{Folder} is no folder of runs but a file; name another with --runs."
                    : $"there is no folder of runs at {Folder}: '{Training}' makes it, --runs names another."
            );
        }

        try
        {
            return [.. Visible(Folder).SelectMany(Runs)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(Folder, e);
        }
    }

    /// <summary>
    /// The runs of an experiment. One whose folder cannot be read stands in the list itself, where its summary tells why; so does a run
    /// that was put where experiments are.
    /// </summary>
    private static IEnumerable<string> Runs(string experiment)
    {
        try
        {
            return File.Exists(Path.Combine(experiment, "run.json")) ? [experiment] : [.. Visible(experiment)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [experiment];
        }
    }

    private static IEnumerable<string> Visible(string folder) =>
        Directory.EnumerateDirectories(folder).Where(f => !Path.GetFileName(f.AsSpan()).StartsWith('.'));

    /// <summary>Removes what killed deletions left.</summary>
    private static void Sweep(string experiment)
    {
        try
        {
            foreach (
                var leftover in Directory.EnumerateDirectories(experiment, Deleted + "*", new EnumerationOptions { AttributesToSkip = 0 })
            )
            {
                Remove(leftover);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They are in nobody's way: another deletion may do better.
        }
    }

    /// <summary>Removes a folder that another process may be sweeping too.</summary>
    private static void Remove(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (!Directory.Exists(folder))
            {
                return;
            }
            catch (IOException) when (attempt < 10)
            {
                Thread.Sleep(10);
            }
        }
    }

    private GaitPropException Unknown(string run, IEnumerable<string> names)
    {
        // A word may be the beginning of a name: each is compared with as much of the name.
        var (name, edits) = names
            .Select(n => (Name: n, Edits: Suggestion.Distance(run, n[..Math.Min(n.Length, run.Length)])))
            .MinBy(n => n.Edits);
        var hint = run.Length > 2 && edits <= Math.Max(1, run.Length / 3) ? $" Did you mean '{name}'?" : "";
        return new GaitPropException($"there is no run '{run}' in {Folder}.{hint} 'gaitprop runs list' shows all.");
    }

    private static GaitPropException Ambiguous(string run, List<string> names)
    {
        var more = names.Count > 5 ? $" and {names.Count - 5} more" : "";
        return new GaitPropException(
            $"'{run}' may be any of {names.Count} runs: {string.Join(", ", names.Take(5))}{more}; give more of the name."
        );
    }
}
