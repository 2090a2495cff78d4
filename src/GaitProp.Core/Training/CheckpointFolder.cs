using System.Globalization;
using GaitProp.Storage;

namespace GaitProp.Training;

/// <summary>
/// The checkpoints of a run: <c>checkpoints/step-N.safetensors</c>, the last two, so that one that was damaged can be done without, and
/// <c>step-N-epoch-E.safetensors</c>, which stay.
/// </summary>
/// <param name="run">The run's folder.</param>
internal sealed class CheckpointFolder(string run)
{
    private const string Prefix = "step-";
    private const string Epoch = "-epoch-";
    private const string Suffix = ".safetensors";
    private const int Last = 2;

    /// <summary>The folder; there once a checkpoint was written.</summary>
    public string Path { get; } = System.IO.Path.Combine(run, "checkpoints");

    /// <summary>The files of the checkpoints, the latest first.</summary>
    public IReadOnlyList<string> Files =>
        !Directory.Exists(Path)
            ? []
            : [.. Directory.EnumerateFiles(Path, $"{Prefix}*{Suffix}").Where(f => Step(f) is not null).OrderByDescending(f => Step(f))];

    /// <summary>Removes what writers that were killed have left: files of temporary names.</summary>
    public void Sweep()
    {
        foreach (var left in Directory.Exists(Path) ? Directory.EnumerateFiles(Path, $".{Prefix}*") : [])
        {
            AtomicFile.Quietly(() => File.Delete(left));
        }
    }

    /// <summary>Takes a damaged checkpoint out of the count, under another name.</summary>
    /// <exception cref="GaitPropException">The folder cannot be written.</exception>
    internal static void SetAside(string file)
    {
        try
        {
            File.Move(file, file + ".damaged", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(file + ".damaged", e);
        }
    }

    /// <summary>Writes the checkpoint of a step and, once it is whole, removes all but the last two of those that do not stay.</summary>
    /// <param name="step">Optimiser steps taken.</param>
    /// <param name="epoch">The epoch that it stays for; <see langword="null"/> for one that does not.</param>
    /// <param name="write">Writes the file given, whole or not at all.</param>
    /// <exception cref="GaitPropException">The folder cannot be written, or is not the run's any more.</exception>
    internal void Write(long step, int? epoch, Action<string> write)
    {
        if (!File.Exists(System.IO.Path.Combine(run, "run.json")))
        {
            // Made again, the folder would hold a run without what was measured.
            throw new GaitPropException($"the run has lost its folder {run}: it was moved or deleted while the run was under way.");
        }

        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(Path, e);
        }

        var kept = epoch is null ? "" : Text($"{Epoch}{epoch}");
        write(System.IO.Path.Combine(Path, Text($"{Prefix}{step}{kept}{Suffix}")));
        foreach (var old in Files.Where(f => !Stays(f)).Skip(Last))
        {
            // One that is left over takes room and does no harm.
            AtomicFile.Quietly(() => File.Delete(old));
        }
    }

    private static bool Stays(string file) => System.IO.Path.GetFileName(file).Contains(Epoch, StringComparison.Ordinal);

    private static long? Step(string file)
    {
        var name = System.IO.Path.GetFileName(file)[Prefix.Length..^Suffix.Length];
        if (name.IndexOf(Epoch, StringComparison.Ordinal) is >= 0 and var end)
        {
            if (!int.TryParse(name.AsSpan(end + Epoch.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return null;
            }

            name = name[..end];
        }

        return long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}
