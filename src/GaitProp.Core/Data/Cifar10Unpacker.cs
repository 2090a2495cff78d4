using System.Formats.Tar;
using System.IO.Compression;

namespace GaitProp.Data;

/// <summary>Puts the six files, from an archive or from a folder, into a new folder, and checks each on the way.</summary>
/// <param name="layout">The files and their sums.</param>
/// <param name="target">The folder to fill; it exists and is empty.</param>
/// <param name="cure">The command that fetches a whole set, in quotes.</param>
/// <param name="progress">Gets every step forward.</param>
internal sealed class Cifar10Unpacker(Cifar10Layout layout, string target, string cure, Action<InstallProgress>? progress)
{
    /// <summary>Bytes that an archive may unpack to; the real one has 184 MB.</summary>
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
                if (Cifar10Editions.OfEntry(entry.Name) is { } edition) throw WrongEdition(archive, edition);
                if (entry.DataStream is not { } data || Known(entry.Name) is not { } known || !_taken.Add(known.Name)) continue;
                Take(data, known, $"{known.Name} in {archive}", cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new GaitPropException($"{archive} cannot be read as a .tar or .tar.gz archive ({OneLine.Of(e)}): "
                + $"it is truncated or something else; fetch the set with {cure}.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new GaitPropException($"{archive} may not be read: allow it, or name another file.", e);
        }

        if (layout.Files.FirstOrDefault(file => !_taken.Contains(file.Name)) is { } missing)
        {
            throw new GaitPropException($"{archive} holds {(_taken.Count == 0 ? $"no {Cifar10.Name}" : $"no {missing.Name}")}: "
                + $"it has to be the binary version; fetch it with {cure}.");
        }

        Finish();
    }

    /// <summary>Copies the files from a folder that holds them, or that holds <see cref="Cifar10.FolderName"/>.</summary>
    /// <exception cref="GaitPropException">A file is missing, or is not the official one.</exception>
    public void TakeFolder(string folder, CancellationToken cancellationToken)
    {
        if (Cifar10.FindIn(folder) is not { } source)
        {
            if (Cifar10Editions.InFolder(folder) is { } edition) throw WrongEdition(folder, edition);
            throw new GaitPropException($"{folder} holds no {Cifar10.Name}, neither data_batch_1.bin nor a folder "
                + $"{Cifar10.FolderName} with it: name another folder, or fetch the set with {cure}.");
        }

        foreach (var file in layout.Files)
        {
            var path = Path.Combine(source, file.Name);
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
                $"{archive} is a zip file, not .tar.gz or .tar: unpack it and name the folder."),
            [] => throw new GaitPropException($"{archive} is empty: fetch it again."),
            _ => file,
        };
    }

    private GaitPropException WrongEdition(string origin, string edition) => new(
        $"{origin} is {edition}, which the kit does not read: it needs the binary version, cifar-10-binary.tar.gz; fetch it with {cure}.");

    private Cifar10File? Known(string entry)
    {
        var name = entry[(entry.LastIndexOf('/') + 1)..];
        return layout.Files.FirstOrDefault(file => file.Name == name);
    }

    private void Take(Stream stream, Cifar10File file, string shownAs, CancellationToken cancellationToken)
    {
        using var copy = Create(file.Name);
        Cifar10Check.Run(stream, file, layout, shownAs, cure, Write, cancellationToken);
        OnDisk(() => copy.Flush(flushToDisk: true));

        void Write(ReadOnlyMemory<byte> bytes)
        {
            OnDisk(() => copy.Write(bytes.Span));
            _done += bytes.Length;
            progress?.Invoke(new(InstallStep.Unpacking, _done, layout.FileLength * layout.Files.Count));
        }
    }

    // The names are the same in every edition, so the file is written rather than copied: nothing in the set is unchecked then.
    private void Finish() => OnDisk(() =>
        File.WriteAllText(Path.Combine(target, Cifar10.ClassNamesFile), string.Join('\n', Cifar10.OfficialClassNames) + "\n\n"));

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
                $"{target} cannot be written ({OneLine.Of(e)}): free some space or choose another folder with --to.", e);
        }
    }
}
