using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>THIRD-PARTY-NOTICES.md against the packages that lie beside the program, and the licences that those state.</summary>
public sealed class ThirdPartyNoticesTests
{
    private const string Heading = "| package | licence as the package states it |\n|---|---|\n";

    [Fact]
    public void Every_package_beside_the_program_is_listed_with_its_licence_and_no_other()
    {
        var notices = File.ReadAllText(Path.Combine(Repository.Folder, "THIRD-PARTY-NOTICES.md"));
        var start = notices.IndexOf(Heading, StringComparison.Ordinal);
        Assert.True(start >= 0, "the table is missing");
        var listed = notices[(start + Heading.Length)..].Split('\n').TakeWhile(l => l.StartsWith('|')).ToArray();
        var expected = Packages().Select(p => $"| {p.Id} | {Licence(p.Id, p.Version)} |").Order(StringComparer.OrdinalIgnoreCase).ToArray();

        // Packages with a part for each system are listed as this system has them.
        Assert.Equal("", string.Join('\n', expected.Except(listed).Select(l => $"missing: {l}")));
        Assert.Equal(
            "",
            string.Join(
                '\n',
                listed.Except(expected).Where(l => !l.Contains(".Native", StringComparison.Ordinal)).Select(l => $"not there any more: {l}")
            )
        );
    }

    private static IEnumerable<(string Id, string Version)> Packages() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "gaitprop.deps.json")))!["libraries"]!
            .AsObject()
            .Where(l => (string?)l.Value!["type"] == "package")
            .Select(l => l.Key.Split('/'))
            .Select(k => (k[0], k[1]));

    private static string Licence(string id, string version)
    {
        var cache =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var name = id.ToLowerInvariant();
        var metadata = XDocument
            .Load(Path.Combine(cache, name, version.ToLowerInvariant(), $"{name}.nuspec"))
            .Root!.Elements()
            .First(e => e.Name.LocalName == "metadata")
            .Elements()
            .ToArray();
        var licence = metadata.FirstOrDefault(e => e.Name.LocalName == "license");
        var address = metadata.FirstOrDefault(e => e.Name.LocalName == "licenseUrl")?.Value;
        return (string?)licence?.Attribute("type") switch
        {
            "expression" => licence.Value,
            "file" => $"its file {licence.Value}",
            _ => address is null ? "none stated" : $"<{address}>",
        };
    }
}
