using GaitProp.Ranks;
using GaitProp.Storage;

namespace GaitProp.Data;

/// <summary>
/// Compares the shards that a run uses with their checksums, in the background, before its first step: a byte that changed on the disk
/// would train without a word, under the name of other images. What was compared once is not read again until it changes.
/// </summary>
internal sealed class ContentCheck : IDisposable
{
    /// <summary>Files that are read at a time.</summary>
    private const int Readers = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private readonly long _total;
    private long _done;

    private ContentCheck(string folder, (string File, string Sha256)[] files, string cache)
    {
        var verified = new VerifiedFiles(folder, cache);
        var unread = files.Select(f => (f.File, As: VerifiedFiles.Now(f.File, f.Sha256))).Where(f => !verified.Has(f.File, f.As)).ToArray();
        _total = unread.Sum(f => f.As.Length);
        _work = unread.Length == 0 ? Task.CompletedTask : Task.Run(() => Work(verified, unread));
    }

    /// <summary>Begins to compare what a run uses; <see langword="null"/> if its images are not on the disk.</summary>
    /// <param name="data">The images that are used.</param>
    /// <param name="cache">The folder that remembers what was compared; that of the user if <see langword="null"/>.</param>
    /// <param name="ranks">Who checks them: those on one machine read every file once between them. <see langword="null"/> for this
    /// process.</param>
    /// <exception cref="GaitPropException">A file is gone.</exception>
    public static ContentCheck? Begin(ImageDataset data, string? cache = null, RankGroup? ranks = null)
    {
        ranks ??= RankGroup.Alone;
        ImageSplit[] splits = [.. ((ImageSplit[])[data.Train, data.Test]).Where(s => s.Store is not null)];
        try
        {
            return splits.Length == 0
                ? null
                : new ContentCheck(
                    splits[0].Store!.Folder,
                    [
                        .. splits
                            .SelectMany(s => s.Store!.FilesOf(s.First, s.Count))
                            .Where((_, i) => i % ranks.LocalCount == ranks.LocalRank),
                    ],
                    cache ?? Path.Combine(UserCache.Root, "verified")
                );
        }
        catch (IOException e)
        {
            throw new GaitPropException(
                $"the photos in {splits[0].Store!.Folder} cannot be read ({OneLine.Of(e)}): prepare the set again.",
                e
            );
        }
    }

    /// <summary>Waits until everything is compared.</summary>
    /// <param name="progress">Told the share that is done, twice a second.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="GaitPropException">A file is not what was written, or cannot be read.</exception>
    public void Wait(Action<double> progress, CancellationToken cancellation)
    {
        using var stop = cancellation.Register(_stop.Cancel);
        while (!((IAsyncResult)_work).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(0.5)))
        {
            progress((double)Interlocked.Read(ref _done) / Math.Max(_total, 1));
        }

        cancellation.ThrowIfCancellationRequested();
        _work.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        ((IAsyncResult)_work).AsyncWaitHandle.WaitOne();
        _ = _work.Exception;
        _stop.Dispose();
    }

    private void Work(VerifiedFiles verified, (string File, VerifiedFile As)[] files)
    {
        var right = new List<(string, VerifiedFile)>();
        GaitPropException? damage = null;
        try
        {
            Parallel.ForEach(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = _stop.Token },
                (file, state) =>
                {
                    try
                    {
                        var sum = Sha256(file.File);
                        lock (right)
                        {
                            if (sum == file.As.Sha256)
                            {
                                right.Add(file);
                                return;
                            }

                            damage ??= new GaitPropException(
                                $"{file.File} is not what was prepared: it has the checksum {sum}, not {file.As.Sha256}. Delete it and prepare the set again, which writes this shard anew."
                            );
                        }
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                    {
                        lock (right)
                        {
                            damage ??= new GaitPropException(
                                $"{file.File} cannot be read ({OneLine.Of(e)}): check the disk, or prepare the set again.",
                                e
                            );
                        }
                    }

                    state.Stop();
                }
            );
        }
        finally
        {
            // Also what was done before a stop need not be done again.
            verified.Remember(right);
        }

        if (damage is not null)
        {
            throw damage;
        }
    }

    private string Sha256(string file)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var stream = new FileStream(
            file,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0,
            FileOptions.SequentialScan
        );
        var block = new byte[1 << 20];
        while (stream.Read(block) is > 0 and var count)
        {
            _stop.Token.ThrowIfCancellationRequested();
            hash.AppendData(block.AsSpan(0, count));
            Interlocked.Add(ref _done, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
