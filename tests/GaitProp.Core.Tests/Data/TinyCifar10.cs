using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using GaitProp.Data;

namespace GaitProp.Tests.Data;

/// <summary>A set of the layout of CIFAR-10 with a few records a file, the same in every process.</summary>
internal sealed class TinyCifar10
{
    public const int RecordsPerFile = 4;

    private readonly Dictionary<string, byte[]> _files = [];

    public TinyCifar10()
    {
        var random = new Random(7);
        foreach (var file in Cifar10.Official.Release.Files)
        {
            var bytes = new byte[RecordsPerFile * 3073];
            random.NextBytes(bytes);
            for (var i = 0; i < RecordsPerFile; i++)
            {
                bytes[i * 3073] = (byte)random.Next(10);
            }

            _files[file.Name] = bytes;
        }

        Set = new Cifar10(Files([]));
    }

    public Cifar10 Set { get; }

    public byte[] this[string name] => _files[name];

    public static string Md5(byte[] bytes) => Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes));

    /// <summary>Writes the six files.</summary>
    public string WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in _files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }

        return folder;
    }

    /// <summary>An archive of the six files, each called by the prefix and its name.</summary>
    public byte[] Archive(string prefix = "cifar-10-batches-bin/", bool compressed = true)
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(compressed ? new GZipStream(archive, CompressionLevel.Fastest) : archive))
        {
            foreach (var (name, bytes) in _files)
            {
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, prefix + name)
                    {
                        DataStream = new MemoryStream(bytes),
                        ModificationTime = DateTimeOffset.UnixEpoch,
                    }
                );
            }
        }

        return archive.ToArray();
    }

    /// <summary>The set as if it were published in an archive of these bytes.</summary>
    public Cifar10 PublishedIn(byte[] archive) => new(Files(archive));

    /// <summary>Asserts that the folder holds every file, byte for byte.</summary>
    public void AssertWholeIn(string folder)
    {
        foreach (var (name, bytes) in _files)
        {
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(folder, name)));
        }
    }

    private DataRelease Files(byte[] archive) =>
        Cifar10.Published with
        {
            Downloads = [new(new Uri("https://official.invalid/tiny.tar.gz"), archive.Length, Md5(archive))],
            Files =
            [
                .. Cifar10.Published.Files.Select(file => file with { Md5 = Md5(_files[file.Name]), Length = _files[file.Name].Length }),
            ],
        };
}
