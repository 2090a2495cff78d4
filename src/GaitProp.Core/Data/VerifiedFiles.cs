using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Storage;

namespace GaitProp.Data;

/// <summary>A file as it was when its bytes were compared: as long as all of this is the same, they need not be read again.</summary>
/// <param name="Length">Its length.</param>
/// <param name="Changed">When it was last written to, ticks.</param>
/// <param name="Inode">Its number on its disk; 0 where there is none.</param>
/// <param name="Sha256">The checksum that its bytes gave.</param>
internal sealed record VerifiedFile(long Length, long Changed, ulong Inode, string Sha256);

/// <summary>
/// The files of a folder whose bytes were compared before, remembered in the user's cache. What cannot be remembered is compared again.
/// </summary>
/// <param name="folder">The folder of the files.</param>
/// <param name="cache">The folder that remembers.</param>
internal sealed class VerifiedFiles(string folder, string cache)
{
    private readonly Lock _gate = new();
    private readonly string _file = Path.Combine(
        cache,
        $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..32]}.json"
    );
    private Dictionary<string, VerifiedFile>? _known;

    /// <summary>A file as it is now, if its bytes gave a checksum.</summary>
    /// <param name="file">The file.</param>
    /// <param name="sha256">The checksum.</param>
    public static VerifiedFile Now(string file, string sha256)
    {
        var info = FileFacts.Behind(file);
        return new VerifiedFile(info.Length, info.LastWriteTimeUtc.Ticks, FileFacts.Of(file)?.Inode ?? 0, sha256);
    }

    /// <summary>Whether a file is as it was when its bytes gave a checksum.</summary>
    /// <param name="file">The file.</param>
    /// <param name="now">The file as it is now.</param>
    public bool Has(string file, VerifiedFile now)
    {
        lock (_gate)
        {
            return (_known ??= Read()).GetValueOrDefault(Path.GetFileName(file)) == now;
        }
    }

    /// <summary>Remembers files; those that other processes have added meanwhile stay.</summary>
    /// <param name="files">The files as they were before their bytes were read.</param>
    public void Remember(IEnumerable<(string File, VerifiedFile As)> files)
    {
        lock (_gate)
        {
            _known = Read();
            foreach (var (file, verified) in files)
            {
                _known[Path.GetFileName(file)] = verified;
            }

            try
            {
                Directory.CreateDirectory(cache);
                AtomicFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(_known, ShardManifest.Json));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or GaitPropException)
            {
                // The next run reads them again.
            }
        }
    }

    private Dictionary<string, VerifiedFile> Read()
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, VerifiedFile>>(File.ReadAllBytes(_file), ShardManifest.Json) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}
