using System.Net;
using System.Net.Sockets;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp.References;

namespace GaitProp.Notebook.Tests.CSharp;

/// <summary>Packages come from a folder that the tests pack themselves, so that they need no network.</summary>
public sealed class NuGetTests : EngineTest, IClassFixture<PackedFeed>
{
    private readonly PackedFeed _feed;

    public NuGetTests(PackedFeed feed) => _feed = feed;

    [Theory]
    [InlineData("nuget: Name", "Name", "*")]
    [InlineData("nuget:Some.Name,1.2.3", "Some.Name", "1.2.3")]
    [InlineData("nuget: A , 1.2.3-beta.1 ", "A", "1.2.3-beta.1 ")]
    [InlineData("nuget: A, 1.*", "A", "1.*")]
    [InlineData("nuget: A, *-*", "A", "*-*")]
    [InlineData("NuGet: A, [1.0,2.0)", "A", "[1.0,2.0)")]
    public void Requests_are_read(string text, string name, string version)
    {
        Assert.True(NuGetRequest.IsNuGet(text));
        Assert.Equal(new NuGetRequest(name, version.Trim()), NuGetRequest.Parse(text));
    }

    [Theory]
    [InlineData("nuget:")]
    [InlineData("nuget: , 1.0")]
    [InlineData("nuget: a/b")]
    [InlineData("nuget: A, 1.0, 2.0\" />")]
    public void What_is_no_request_is_said_in_a_line(string text) =>
        Assert.Contains("nuget: Name", Assert.Throws<CellException>(() => NuGetRequest.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_package_is_restored_from_a_folder_used_and_offline_the_second_time()
    {
        await Run(
            $"#i \"nuget: {_feed.Folder}\"\n#r \"nuget: {PackedFeed.Package}, 1.0.0\"\nusing {PackedFeed.Package};\nConsole.Write(Greeter.Hello());"
        );
        Assert.Equal("Hello from 1.0.0", Cell.Out);
        Assert.Contains(Cell.Shown, b => Text(b).Contains($"{PackedFeed.Package} 1.0.0", StringComparison.Ordinal));
        var entry = Assert.Single((await Engine.CompleteAsync("Greeter.Hel", 11, Ending)).Entries, e => e.Text == "Hello");
        Assert.Equal("Says hello.", entry.Documentation);

        // The same request again asks nobody: it comes back where any restore would be stopped before it begins.
        var stopped = new CancellationToken(canceled: true);
        var again = await NuGetRestore.RunAsync(
            [new NuGetRequest(PackedFeed.Package, "1.0.0")],
            [_feed.Folder],
            GaitPropKit.Kit.Cache,
            stopped
        );
        Assert.Contains(again.Packages, p => p == (PackedFeed.Package, "1.0.0"));
    }

    [Fact]
    public async Task A_package_that_does_not_exist_is_one_line_and_the_next_request_works()
    {
        var error = await Fail($"#i \"nuget: {_feed.Folder}\"\n#r \"nuget: GaitProp.There.Is.None, 1.0.0\"");
        Assert.Equal("NuGetError", error.Name);
        Assert.StartsWith("NU1", error.Message, StringComparison.Ordinal);
        Assert.Contains("GaitProp.There.Is.None", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task A_version_that_does_not_exist_names_those_there_are()
    {
        var error = await Fail($"#i \"nuget: {_feed.Folder}\"\n#r \"nuget: {PackedFeed.Package}, 9.9.9\"");
        Assert.StartsWith("NU1102", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packages_of_the_kit_are_the_kits()
    {
        await Run("#r \"nuget: TorchSharp-cpu, 0.105.0\"\n#r \"nuget: Newtonsoft.Json\"\ntorch.ones(2).sum().item<float>()");
        var note = Text(Cell.Shown[0]);
        Assert.Contains("the kit carries 0.107.0, and that is used", note, StringComparison.Ordinal);
        Assert.Contains("Newtonsoft.Json is part of the kit (13.0.4)", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_is_stopped()
    {
        // A source that takes the call and never answers. (Not http: NuGet refuses that by itself.)
        using var source = new TcpListener(IPAddress.Loopback, 0);
        source.Start();
        var port = ((IPEndPoint)source.LocalEndpoint).Port;
        using var stop = new CancellationTokenSource();
        var cell = Try(
            $"#i \"nuget: https://127.0.0.1:{port}/v3/index.json\"\n#r \"nuget: GaitProp.Slow{Guid.NewGuid():N}, 1.0.0\"",
            stop.Token
        );
        using var call = await source.AcceptTcpClientAsync(Ending).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Ending);
        await stop.CancelAsync();
        var result = await cell;
        Assert.Equal(CellStatus.Interrupted, result.Status);
        Assert.Equal("2", await Value("1 + 1"));
    }

    [Fact]
    public async Task Assemblies_are_used_by_their_path()
    {
        var file = Path.Combine(_feed.Folder, "lib", $"{PackedFeed.Library}.dll");
        await Run($"#r \"{file}\"\n{PackedFeed.Library}.Greeter.Hello()");
        Assert.Equal("Hello from 1.0.0", Text(Cell.Shown[^1]));

        // Later cells use it too: at once, after one that failed, and after many.
        Assert.Equal("1", await Value($"var n = 1; n"));
        await Fail("nosuch");
        await Fail("throw new Exception();");
        Assert.Equal("Hello from 1.0.0", await Value($"{PackedFeed.Library}.Greeter.Hello()"));
        await Run($"using {PackedFeed.Library};");
        Assert.Equal("Hello from 1.0.0", await Value("string Again() => Greeter.Hello();\nAgain()"));
        Assert.Contains((await Engine.CompleteAsync("Greeter.H", 9, Ending)).Entries, e => e.Text == "Hello");
        Assert.Equal("Hello from 1.0.0", Text(await Engine.EvaluateAsync("Greeter.Hello()", Ending)));
    }

    [Fact]
    public async Task A_reference_of_a_cell_that_does_not_compile_is_there_for_the_next_one()
    {
        var file = Path.Combine(_feed.Folder, "lib", $"{PackedFeed.Library}.dll");
        await Fail($"#r \"{file}\"\nnosuch");
        Assert.Equal("Hello from 1.0.0", await Value($"{PackedFeed.Library}.Greeter.Hello()"));
        await Run($"#r \"{file}\"");
        Assert.Equal("Hello from 1.0.0", await Value($"{PackedFeed.Library}.Greeter.Hello()"));
    }

    [Theory]
    [InlineData("#r \"nosuch.dll\"", "There is no file")]
    [InlineData("#i \"nuget: /no/such/folder\"", "There is no folder")]
    [InlineData("#r \"NuGet.txt\"", "There is no file")]
    public async Task What_is_not_there_is_said_in_a_line(string cell, string part)
    {
        var error = await Fail(cell);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task Names_of_the_framework_are_there_anyway() => await Run("#r \"System.Xml\"\n#r \"System.Net.Http\"\n");

    [Fact]
    public async Task What_is_no_assembly_is_said()
    {
        var file = Path.Combine(_feed.Folder, "text.dll");
        await File.WriteAllTextAsync(file, "text", TestContext.Current.CancellationToken);
        Assert.Contains("is no .NET assembly", (await Fail($"#r \"{file}\"")).Message, StringComparison.Ordinal);
    }
}
