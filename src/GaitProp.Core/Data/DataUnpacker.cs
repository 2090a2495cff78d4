using System.Formats.Tar;
using System.IO.Compression;

namespace GaitProp.Data;

/// <summary>Puts the files of a set, from an archive or from a folder, into a new folder, and checks each on the way.</summary>
/// <param name="set">The set.</param>
/// <param name="release">Its files and their sums.</param>
/// <param name="target">The folder to fill; it exists and is empty.</param>
/// <param name="cure">The command that fetches a whole set, in quotes.</param>
/// <param name="progress">Gets every step forward.</param>
internal sealed class DataUnpacker(FolderDataSet set, DataRelease release, string target, string cure, Action<InstallProgress>? progress)
{
    /// <summary>Bytes that an archive may unpack to; that of CIFAR-10 has 184 MB.</summary>
    private const long MostUnpacked = 1L << 30;

    private readonly HashSet<string> _taken = [];
    private long _done;

    /// <summary>Takes the files out of a tar archive, compressed by gzip or not. Only their bare names count.</summary>
    /// <exception cref="GaitPropException">It is no such archive, or lacks a file, or a file is not the official one.</exception>
    public void TakeArchive(string archive, CancellationToken cancellationToken)
    {
        try
        {
            using var file = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var tar = new TarReader(Decompress(file, archive));
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (release.OtherEditionOf(entry.Name) is { } edition)
                {
                    throw WrongEdition(archive, edition);
                }

                if (entry.DataStream is not { } data || Known(entry.Name) is not { } known || !_taken.Add(known.Name))
                {
                    continue;
                }

                Take(data, known, $"{known.Name} in {archive}", cancellationToken);
            }
        }
        catch (Exception e) when (TarArchive.IsBroken(e))
        {
            throw new GaitPropException(
                $"{archive} cannot be read as a .tar or .tar.gz archive ({OneLine.Of(e)}): "
                    + $"it is truncated or something else; fetch the set with {cure}.",
                e
            );
        }
        catch (UnauthorizedAccessException e)
        {
            throw new GaitPropException($"{archive} may not be read: allow it, or name another file.", e);
        }

        if (release.Files.FirstOrDefault(file => !_taken.Contains(file.Name)) is { } missing)
        {
            throw new GaitPropException(
                $"{archive} holds {(_taken.Count == 0 ? $"no {set.Title}" : $"no {missing.Name}")}: "
                    + (release.IsArchive ? $"it has to be {release.Edition}; " : $"give the folder of its {release.Files.Count} files, or ")
                    + $"fetch it with {cure}."
            );
        }

        Finish();
    }

    /// <summary>Copies the files from a folder that holds them, or that holds the set's folder.</summary>
    /// <exception cref="GaitPropException">A file is missing, or is not the official one.</exception>
    public void TakeFolder(string folder, CancellationToken cancellationToken)
    {
        if (set.FindIn(folder) is not { } source)
        {
            if (release.OtherEditionIn(folder) is { } edition)
            {
                throw WrongEdition(folder, edition);
            }

            throw new GaitPropException(
                $"{folder} holds no {set.Title}, neither {set.Marks[0]} nor a folder "
                    + $"{set.FolderName} with it: name another folder, or fetch the set with {cure}."
            );
        }

        TakeFiles(name => Path.Combine(source, name), cancellationToken);
    }

    /// <summary>Copies the files.</summary>
    /// <param name="pathOf">Where each lies.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="GaitPropException">A file is missing, or is not the official one.</exception>
    public void TakeFiles(Func<string, string> pathOf, CancellationToken cancellationToken)
    {
        foreach (var file in release.Files)
        {
            var path = pathOf(file.Name);
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                Take(stream, file, path, cancellationToken);
            }
            catch (FileNotFoundException e)
            {
                throw new GaitPropException($"{path} is missing: name another folder, or fetch the set with {cure}.", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GaitPropException($"{path} cannot be read ({OneLine.Of(e)}): check its permissions and the disk.", e);
            }
        }

        Finish();
    }

    private static Stream Decompress(FileStream file, string archive)
    {
        Span<byte> head = stackalloc byte[2];
        var count = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return head[..count] switch
        {
            [0x1f, 0x8b] => new LimitedStream(new GZipStream(file, CompressionMode.Decompress), MostUnpacked),
            [(byte)'P', (byte)'K'] => throw new GaitPropException(
                $"{archive} is a zip file, not .tar.gz or .tar: unpack it and name the folder."
            ),
            [] => throw new GaitPropException($"{archive} is empty: fetch it again."),
            _ => file,
        };
    }

    private GaitPropException WrongEdition(string origin, string edition) =>
        new(
            $"{origin} is {edition}, which the kit does not read: it needs {release.Edition}, {release.Downloads[0].Name}; fetch it with {cure}."
        );

    private DataFile? Known(string entry)
    {
        var name = entry[(entry.LastIndexOf('/') + 1)..];
        return release.Files.FirstOrDefault(file => file.Name == name);
    }

    private void Take(Stream stream, DataFile file, string shownAs, CancellationToken cancellationToken)
    {
        using var copy = Create(file.Name);
        FileCheck.Run(stream, file, release.Records, shownAs, cure, Write, cancellationToken);
        OnDisk(() => copy.Flush(flushToDisk: true));

        void Write(ReadOnlyMemory<byte> bytes)
        {
            OnDisk(() => copy.Write(bytes.Span));
            _done += bytes.Length;
            progress?.Invoke(new(InstallStep.Unpacking, _done, release.Length));
        }
    }

    // The names are the same in every edition, so the file is written rather than copied: nothing in the set is unchecked then.
    private void Finish()
    {
        if (release.NamesFile is { } names)
        {
            OnDisk(() => File.WriteAllText(Path.Combine(target, names), string.Join('\n', set.ClassNames!) + "\n\n"));
        }
    }

    private FileStream Create(string name)
    {
        FileStream? created = null;
        var path = Path.Combine(target, name);
        OnDisk(() => created = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0));
        return created!;
    }

    private void OnDisk(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException(
                $"{target} cannot be written ({OneLine.Of(e)}): free some space or choose another folder with --to.",
                e
            );
        }
    }
}
