using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Storage;

namespace GaitProp.Data.Preparation;

/// <summary>How far a preparation is.</summary>
/// <param name="Done">Images done, those of earlier runs included.</param>
/// <param name="Total">All images.</param>
/// <param name="PerSecond">Images a second of this run; 0 until that can be told.</param>
internal readonly record struct PreparationProgress(int Done, int Total, double PerSecond)
{
    /// <summary>One line of text, such as <c>1,200 of 5,000 images, 310 a second, 12 s left</c>.</summary>
    public override string ToString() =>
        Text($"{Done:N0} of {Total:N0} images")
        + (PerSecond > 0 ? Text($", {PerSecond:0} a second, {Left(Math.Ceiling((Total - Done) / PerSecond))} left") : "");

    private static string Left(double seconds) =>
        seconds < 120 ? Text($"{seconds:0} s") : Text($"{(int)(seconds / 3600)}:{(int)(seconds / 60) % 60:00} h");
}

/// <summary>
/// Turns a set of photos into shards of one size, in an order shuffled by a seed. What an earlier run has done is not done again.
/// </summary>
/// <param name="source">The photos.</param>
/// <param name="to">The folder of the shards.</param>
internal sealed class ImagePreparation(SourceSet source, string to)
{
    /// <summary>Pixels of a shard, about, bytes.</summary>
    private const long ShardBytes = 1L << 28;

    private const long SpaceToSpare = 1L << 24;
    private const string Work = ".preparing";

    private readonly string _to = Path.GetFullPath(HomePath.Expand(to));

    /// <summary>The side of the images, pixels. Default: 224.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Fixes the order of the images. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Images of a shard. Default: as many as make 256 MB.</summary>
    public int? ShardImages { get; init; }

    /// <summary>Images decoded at a time. Default: one a core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Pixels that a photo may have; one with more is left out, as one that cannot be read.</summary>
    public long MostPixels { get; init; } = PhotoDecoder.DefaultMostPixels;

    /// <summary>Told after every few images.</summary>
    public Action<PreparationProgress>? Progress { get; init; }

    /// <summary>Bytes that are free in a folder, or null where that cannot be told.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = DiskSpace.FreeIn;

    /// <summary>
    /// Where a set at the published size lies if no folder is named for it: in the user's cache, under the set's name and what its photos
    /// come to, so that other photos get another folder.
    /// </summary>
    /// <param name="source">The photos.</param>
    public static string CacheFolder(SourceSet source) =>
        Path.Combine(UserCache.Root, "photos", $"{source.Name}-{new ImagePreparation(source, UserCache.Root).Identity()[..12]}");

    /// <summary>Bytes that the shards take.</summary>
    public long Need => Bytes(source.Train.Count + source.Validation.Count);

    /// <summary>The folder of the shards.</summary>
    public string Folder => _to;

    private int PerShard => ShardImages ?? (int)Math.Clamp(ShardBytes / (3L * Size * Size), 1, 65_536);

    /// <summary>Prepares the set.</summary>
    /// <param name="cancellation">Stops; shards that are whole stay.</param>
    /// <returns>What lies in the folder then, and whether it was there before.</returns>
    /// <exception cref="GaitPropException">The folder holds something else, cannot be written, or is too small, or the photos cannot be
    /// read.</exception>
    public (ShardManifest Manifest, bool WasThere) Run(CancellationToken cancellation = default)
    {
        var identity = Identity();
        var there = ShardManifest.In(_to);
        if (there is not null && there.Identity != identity)
        {
            throw new GaitPropException(
                $"{_to} holds another set ({there.Name}, size {there.Size}, seed {there.Seed}), or the same one with another --max-pixels or before its files changed: choose another folder with --to, or delete that one."
            );
        }

        try
        {
            using var claim =
                FileLock.TryTake(Path.Combine(_to, ".preparing.lock"))
                ?? throw new GaitPropException(
                    $"{_to} is being filled by another process: wait until that one ends, or choose another folder with --to."
                );
            return Prepare(identity, there, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException(
                $"the set cannot be prepared in {_to} ({OneLine.Of(e)}): check the space, the permissions and the source; the same command goes on from there.",
                e
            );
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.All(x => x is IOException or UnauthorizedAccessException))
        {
            throw new GaitPropException(
                $"a photo cannot be read ({OneLine.Of(e.Flatten().InnerExceptions[0])}): check the source; the same command goes on from there.",
                e
            );
        }
    }

    private (ShardManifest Manifest, bool WasThere) Prepare(string identity, ShardManifest? there, CancellationToken cancellation)
    {
        var work = Directory.CreateDirectory(Path.Combine(_to, Work)).FullName;
        var parts = new[] { Plan("train", source.Train, SeededOrder.Train), Plan("val", source.Validation, SeededOrder.Validation) };
        var shards = parts.SelectMany(p => p).ToArray();
        var done = shards.ToDictionary(s => s.Name, s => Done(work, s, identity, there));
        var missing = shards.Where(s => done[s.Name] is null).ToArray();
        if (missing.Length == 0 && there is not null)
        {
            Directory.Delete(work, recursive: true);
            return (there, true);
        }

        var need = Bytes(missing.Sum(s => s.Images.Count));
        if (FreeSpace(_to) is { } free && free < need + SpaceToSpare)
        {
            throw new GaitPropException(
                $"{_to} has {ByteCount.Megabytes(free)} of free space, and the images need {ByteCount.Megabytes(need)} more: free some, choose a smaller --size, or another folder with --to."
            );
        }

        var total = shards.Sum(s => s.Images.Count);
        var before = total - missing.Sum(s => s.Images.Count);
        var (now, clock) = (0, Stopwatch.StartNew());
        var writer = new ShardWriter(
            _to,
            Size,
            Threads,
            count =>
            {
                now += count;
                Progress?.Invoke(
                    new PreparationProgress(before + now, total, clock.Elapsed.TotalSeconds > 0.2 ? now / clock.Elapsed.TotalSeconds : 0)
                );
            },
            new PhotoDecoder(Size) { MostPixels = MostPixels }
        );
        foreach (var shard in missing)
        {
            var written = writer.Write(shard.Name, shard.Images, cancellation);
            AtomicFile.Write(
                Note(work, shard.Name),
                JsonSerializer.SerializeToUtf8Bytes(new ShardNote(identity, written), ShardManifest.Json)
            );
            done[shard.Name] = written;
        }

        var (train, validation) = (Part(parts[0]), Part(parts[1]));
        train = train with { Unreadable = [.. train.Unreadable, .. source.LeftOut] };
        foreach (var (part, what) in ((ShardedPart, string)[])[(train, "training"), (validation, "validation")])
        {
            if (part.Images == 0)
            {
                GiveUp();
                throw new GaitPropException(
                    $"none of the {part.Unreadable.Count} {what} photos of {source.Name} can be read (the first, {part.Unreadable[0].Name}: {part.Unreadable[0].Reason}): "
                        + $"nothing was prepared; libvips reads {PhotoDecoder.Formats} here."
                );
            }
        }

        var manifest = new ShardManifest(
            ShardManifest.Format,
            source.Name,
            source.Layout,
            PhotoDecoder.Library,
            Size,
            Seed,
            identity,
            [.. source.Classes.Select(c => new ShardedClass(c.Id, c.Name))],
            train,
            validation
        );
        AtomicFile.Write(
            Path.Combine(_to, ShardManifest.FileName),
            [.. JsonSerializer.SerializeToUtf8Bytes(manifest, ShardManifest.Json), (byte)'\n']
        );
        Directory.Delete(work, recursive: true);
        return (manifest, false);

        void GiveUp()
        {
            foreach (var shard in train.Shards.Concat(validation.Shards))
            {
                File.Delete(shard.PixelsFile(_to));
                File.Delete(shard.LabelsFile(_to));
            }

            Directory.Delete(work, recursive: true);
        }

        ShardedPart Part(IReadOnlyList<PlannedShard> planned)
        {
            var written = planned.Select(s => done[s.Name]!).ToArray();
            return new ShardedPart(
                written.Sum(w => w.Shard.Images),
                [.. written.Select(w => w.Shard)],
                [.. written.SelectMany(w => w.Unreadable)]
            );
        }
    }

    /// <summary>A shard that is whole, by its note or by the manifest; null if it is to be written.</summary>
    private WrittenShard? Done(string work, PlannedShard planned, string identity, ShardManifest? there)
    {
        var name = planned.Name;
        WrittenShard? known = null;
        if (File.Exists(Note(work, name)))
        {
            var note = JsonSerializer.Deserialize<ShardNote>(File.ReadAllBytes(Note(work, name)), ShardManifest.Json)!;
            known =
                note.Identity == identity
                    ? note.Written
                    : throw new GaitPropException(
                        $"{_to} holds the beginning of another preparation (another source, size, seed or --max-pixels): go on with that one, choose another folder with --to, or delete this one."
                    );
        }
        else if (there?.Parts().SelectMany(p => p.Shards).FirstOrDefault(s => s.Name == name) is { } shard)
        {
            // Which of the unreadable images were this shard's is known from the plan.
            var names = planned.Images.Select(i => i.Name).ToHashSet();
            known = new WrittenShard(shard, [.. there.Parts().SelectMany(p => p.Unreadable).Where(u => names.Contains(u.Name))]);
        }

        // A photo that was written to since is another one, whatever its name and length are.
        return
            known is not null
            && known.Shard.Misfit(_to, Size) is null
            && File.GetLastWriteTimeUtc(known.Shard.PixelsFile(_to)) is var made
            && planned.Images.All(i => i.Changed <= made)
            ? known
            : null;
    }

    private List<PlannedShard> Plan(string part, IReadOnlyList<SourceImage> images, ulong purpose) =>
        [
            .. SeededOrder
                .Of(images.Count, Seed, purpose)
                .Select(i => images[i])
                .Chunk(PerShard)
                .Select((chunk, i) => new PlannedShard(Text($"{part}-{i:00000}"), chunk)),
        ];

    /// <summary>What decides the bytes of the shards.</summary>
    private string Identity()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(Text($"{ShardManifest.Format} {Size} {Seed} {PerShard}"));
        if (MostPixels != PhotoDecoder.DefaultMostPixels)
        {
            // It decides which photos are left out. Sets of the default have the identity that they had before it counted.
            Add(Text($"photos of {MostPixels} pixels at the most"));
        }

        foreach (var c in source.Classes)
        {
            Add(c.Id);
        }

        foreach (var image in source.Train.Concat(source.Validation))
        {
            Add(Text($"{image.Label} {image.Length} {image.Name}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];

        void Add(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private long Bytes(long images) => images * ((3L * Size * Size) + 8);

    private static string Note(string work, string name) => Path.Combine(work, name + ".json");

    private sealed record PlannedShard(string Name, IReadOnlyList<SourceImage> Images);

    private sealed record ShardNote(string Identity, WrittenShard Written);
}
