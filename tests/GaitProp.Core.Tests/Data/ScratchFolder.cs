namespace GaitProp.Tests.Data;

/// <summary>A new empty folder that is deleted at the end of a test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public string this[params ReadOnlySpan<string> parts] => System.IO.Path.Combine([Path, .. parts]);

    public string Make(params ReadOnlySpan<string> parts) => Directory.CreateDirectory(this[parts]).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
