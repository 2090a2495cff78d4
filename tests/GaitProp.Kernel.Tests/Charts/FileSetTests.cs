using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class FileSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-set-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Where_all_files_get_their_names_no_earlier_one_is_left()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "earlier");
        using (var set = new FileSet())
        {
            set.Add(Path.Combine(_folder, "file"), "new"u8.ToArray());
            set.Commit();
        }

        Assert.Equal("new", File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(_folder))));
    }
}
