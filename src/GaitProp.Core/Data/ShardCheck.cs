namespace GaitProp.Data;

/// <summary>Checks a prepared set, byte for byte.</summary>
internal static class ShardCheck
{
    /// <summary>Checks every shard.</summary>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="progress">Told how many shards are checked.</param>
    /// <param name="cancellation">Stops between shards.</param>
    /// <returns>A line for each that is not as it was written.</returns>
    public static IReadOnlyList<string> Verify(string folder, ShardManifest manifest, Action<int> progress, CancellationToken cancellation)
    {
        var errors = new List<string>();
        foreach (var (i, shard) in manifest.Parts().SelectMany(p => p.Shards).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (Error(folder, manifest, shard) is { } error)
            {
                errors.Add($"{error}: delete {shard.PixelsFile(folder)} and prepare the set again, which writes this shard anew.");
            }

            progress(i + 1);
        }

        return errors;
    }

    private static string? Error(string folder, ShardManifest manifest, ShardRecord shard)
    {
        if (shard.Misfit(folder, manifest.Size) is { } misfit)
        {
            return misfit;
        }

        foreach (
            var (file, sum) in ((string, string)[])
                [(shard.PixelsFile(folder), shard.PixelsSha256), (shard.LabelsFile(folder), shard.LabelsSha256)]
        )
        {
            if (ShardRecord.Sha256(file) is var found && found != sum)
            {
                return $"{file} has the checksum {found}, not {sum}";
            }
        }

        return null;
    }
}
