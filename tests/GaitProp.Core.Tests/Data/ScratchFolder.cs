namespace GaitProp.Tests.Data;

/// <summary>A new empty folder that is deleted at the end of a test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public string this[params ReadOnlySpan<string> parts] => System.IO.Path.Combine([Path, .. parts]);

    public string Make(params ReadOnlySpan<string> parts) => Directory.CreateDirectory(this[parts]).FullName;

    /// <summary>Copies a folder with all that is in it; the copy.</summary>
    public string Copy(string folder, params ReadOnlySpan<string> parts)
    {
        var copy = this[parts];
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var place = System.IO.Path.Combine(copy, System.IO.Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
            File.Copy(file, place, overwrite: true);
        }

        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
