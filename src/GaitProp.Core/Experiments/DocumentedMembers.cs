using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace GaitProp.Experiments;

/// <summary>What the doc comments of this assembly say, from the file that the compiler writes beside it; nothing where that file is missing.</summary>
internal sealed partial class DocumentedMembers
{
    private readonly Dictionary<string, XElement> _members;

    /// <summary>Reads the file.</summary>
    public DocumentedMembers()
    {
        var file = Path.ChangeExtension(typeof(DocumentedMembers).Assembly.Location, ".xml");
        try
        {
            _members = XDocument.Load(file).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!, m => m);
        }
        catch (Exception e) when (e is IOException or ArgumentException or XmlException)
        {
            _members = [];
        }
    }

    /// <summary>The summary of a property, in one line; <see langword="null"/> if it has none.</summary>
    public string? Summary(MemberInfo property) =>
        _members.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var member) && member.Element("summary") is { } summary
            ? Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim()
            : null;

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement reference when reference.Attribute("cref") is { } cref => cref.Value[(cref.Value.LastIndexOf('.') + 1)..],
        XElement word when word.Attribute("langword") is { } langword => langword.Value,
        XElement other => other.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
