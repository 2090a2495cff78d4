namespace GaitProp.Data.Preparation;

/// <summary>An image before its preparation: a file, or a stretch of an archive.</summary>
/// <param name="Name">Its path below the root of the set, with forward slashes.</param>
/// <param name="Label">Its class number.</param>
/// <param name="File">The file that holds it.</param>
/// <param name="Offset">Where in the file it begins, bytes.</param>
/// <param name="Length">How long it is, bytes.</param>
/// <param name="Changed">When the file that holds it was last written to.</param>
internal readonly record struct SourceImage(string Name, int Label, string File, long Offset, long Length, DateTime Changed)
{
    /// <summary>Its bytes as they are stored.</summary>
    /// <exception cref="IOException">The file cannot be read, or is shorter than it was.</exception>
    public byte[] Read()
    {
        var bytes = new byte[Length];
        using var handle = System.IO.File.OpenHandle(File);
        for (var done = 0; done < bytes.Length; )
        {
            var count = RandomAccess.Read(handle, bytes.AsSpan(done), Offset + done);
            done += count > 0 ? count : throw new EndOfStreamException($"{File} ends early");
        }

        return bytes;
    }
}
