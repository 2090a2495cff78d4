using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp.References;

/// <summary>The <c>#r</c> and <c>#i</c> lines of a notebook.</summary>
/// <param name="session">The session that may use what they name.</param>
internal sealed class CellReferences(ScriptSession session)
{
    /// <summary>A restore that takes longer is shown.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(2);

    private readonly CarriedPackages _carried = new(session.Kit);
    private readonly List<NuGetRequest> _requests = [];
    private readonly List<string> _sources = [];

    /// <summary>Does what some lines ask for.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="output">Where progress and notes are shown.</param>
    /// <param name="interrupt">The stop button.</param>
    /// <exception cref="CellException">It does not work; the message says why and what to do.</exception>
    public async Task AddAsync(IReadOnlyList<ReferenceLine> lines, ICellOutput output, CancellationToken interrupt)
    {
        var requests = new List<NuGetRequest>();
        var notes = new List<string>();
        foreach (var line in lines)
        {
            if (line.IsSource)
            {
                AddSource(line.Text);
            }
            else if (!NuGetRequest.IsNuGet(line.Text))
            {
                AddFile(line.Text, notes);
            }
            else if (NuGetRequest.Parse(line.Text) is var request && _carried.Version(request.Name) is { } carried)
            {
                notes.Add(
                    request.Version == carried || request.IsFloating
                        ? $"{request.Name} is part of the kit ({carried})."
                        : $"{request.Name} {request.Version} was asked for; the kit carries {carried}, and that is used."
                );
            }
            else
            {
                requests.Add(request);
            }
        }

        if (requests.Count > 0)
        {
            await RestoreAsync(requests, notes, output, interrupt).ConfigureAwait(false);
        }

        if (notes.Count > 0)
        {
            output.Display(MimeBundle.OfText(string.Join('\n', notes)));
        }
    }

    private void AddSource(string text)
    {
        var source = NuGetRequest.IsNuGet(text) ? NuGetRequest.Rest(text) : text.Trim();
        var isUrl = Uri.TryCreate(source, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        var full = isUrl ? source : Path.GetFullPath(source);
        if (!isUrl && !Directory.Exists(full))
        {
            throw new CellException(
                $"There is no folder '{full}': #i \"nuget: …\" takes a folder with .nupkg files or the URL of a package source.",
                "NuGetError"
            );
        }

        if (!_sources.Contains(full))
        {
            _sources.Add(full);
        }
    }

    private void AddFile(string text, List<string> notes)
    {
        var file = Path.GetFullPath(text.Trim());
        if (!File.Exists(file))
        {
            if (CarriedPackages.HasAssembly(text.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? text : text + ".dll"))
            {
                // A name such as "System.Xml": cells have it anyway.
                return;
            }

            throw new CellException(
                $"There is no file '{file}': #r takes a path from the working directory, or \"nuget: Name, version\".",
                "ReferenceError"
            );
        }

        try
        {
            if (CarriedPackages.HasAssembly(file))
            {
                notes.Add($"{Path.GetFileName(file)} is part of the kit; its own is used.");
                return;
            }

            if (AssemblyFiles.IsOlderLoaded(file))
            {
                throw new CellException(
                    $"Another build of {Path.GetFileName(file)} is in use: restart the kernel to take this one.",
                    "ReferenceError"
                );
            }
        }
        catch (BadImageFormatException)
        {
            throw new CellException($"'{file}' is no .NET assembly.", "ReferenceError");
        }

        AssemblyFiles.Add(file);
        foreach (
            var beside in Directory.GetFiles(Path.GetDirectoryName(file)!, "*.dll").Where(f => f != file && !CarriedPackages.HasAssembly(f))
        )
        {
            // What it needs, if it needs it.
            AssemblyFiles.Add(beside);
            AssemblyFiles.AddNative(beside);
        }

        session.Add([ScriptReferences.Of(file)]);
    }

    private async Task RestoreAsync(List<NuGetRequest> requests, List<string> notes, ICellOutput output, CancellationToken interrupt)
    {
        var names = requests.Select(r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<NuGetRequest> all = [.. _requests.Where(r => !names.Contains(r.Name)), .. requests];
        var restore = NuGetRestore.RunAsync(all, _sources, session.Kit.Cache, interrupt);
        string? progress = null;
        try
        {
            if (await Task.WhenAny(restore, Task.Delay(Long, CancellationToken.None)).ConfigureAwait(false) != restore)
            {
                progress = Guid.NewGuid().ToString("N");
                output.Display(MimeBundle.OfText($"Restoring {string.Join(", ", requests)} …"), progress);
            }

            var assets = await restore.ConfigureAwait(false);
            _requests.Clear();
            _requests.AddRange(all);
            Use(assets, notes);
            var got = string.Join(", ", assets.Packages.Where(p => names.Contains(p.Name)).Select(p => $"{p.Name} {p.Version}"));
            if (progress is null)
            {
                notes.Insert(0, $"Packages: {got}");
            }
            else
            {
                output.Update(progress, MimeBundle.OfText($"Packages: {got}"));
            }
        }
        catch (Exception) when (progress is not null && !restore.IsCompletedSuccessfully)
        {
            output.Update(
                progress,
                MimeBundle.OfText($"Restoring {string.Join(", ", requests)}: {(interrupt.IsCancellationRequested ? "stopped" : "failed")}.")
            );
            throw;
        }
    }

    private void Use(NuGetAssets assets, List<string> notes)
    {
        var runtime = assets.Runtime.DistinctBy(Path.GetFileName).Where(f => !CarriedPackages.HasAssembly(f)).ToArray();
        foreach (var file in runtime)
        {
            if (AssemblyFiles.Add(file) is { } loaded)
            {
                notes.Add($"{Path.GetFileName(file)} is in use already, from {loaded}: restart the kernel to take the other version.");
            }
        }

        foreach (var file in assets.Native)
        {
            AssemblyFiles.AddNative(file);
        }

        foreach (var (name, version) in assets.Packages)
        {
            if (_carried.Version(name) is { } carried && carried != version && IsNewer(version, carried))
            {
                notes.Add($"{name} {version} is wanted; the kit carries {carried}, and that is used.");
            }
        }

        session.Add(assets.Compile.DistinctBy(Path.GetFileName).Where(f => !CarriedPackages.HasAssembly(f)).Select(ScriptReferences.Of));
    }

    private static bool IsNewer(string version, string than) =>
        Version.TryParse(version.Split('-', '+')[0], out var a) && Version.TryParse(than.Split('-', '+')[0], out var b) && a > b;
}
