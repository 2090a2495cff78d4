#!/usr/bin/env -S dotnet run
#:property TargetFramework=net10.0
#:property PublishAot=false

// Draws the picture of docs/architecture.md from the code: the rooms of each project, and which of them know which.
//
//     dotnet run docs/architecture.cs               writes it into the document
//     dotnet run docs/architecture.cs -- --check    exit code 1 if the document has another
//
// A room is a folder, which is a namespace. An arrow that follows from two others is left out.

using System.Text;
using System.Text.RegularExpressions;

const string Begin = "<!-- rooms -->", End = "<!-- /rooms -->";
var repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!, ".."));
var document = Path.Combine(repository, "docs", "architecture.md");
string[] projects = ["Kernel", "Notebook", "Core"];
var rooms = projects.ToDictionary(p => p, p => Directory.GetDirectories(Path.Combine(repository, "src", $"GaitProp.{p}")).Select(f => Path.GetFileName(f)!)
    .Where(f => f is not ("bin" or "obj") && Files(p, f).Length > 0).Order(StringComparer.Ordinal).ToArray());

var picture = new StringBuilder("\n");
foreach (var project in projects)
{
    var known = rooms[project].ToDictionary(r => r, r => Known(project, r));
    picture.Append($"**GaitProp.{project}**\n\n```mermaid\nflowchart TD\n");
    foreach (var room in rooms[project])
    {
        var direct = known[room].Where(other => !known[room].Any(between => between != other && Reaches(known, between, other, [room]))).ToArray();
        picture.Append(direct.Length == 0 && !known.Values.Any(k => k.Contains(room)) ? $"  {room}\n" : string.Concat(direct.Select(other => $"  {room} --> {other}\n")));
    }

    picture.Append("```\n\n");
}

var text = File.ReadAllText(document);
var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
var made = string.Concat(text.AsSpan(0, from), picture.ToString(), text.AsSpan(to));
if (made == text)
{
    Console.WriteLine("docs/architecture.md has the picture of the code.");
    return 0;
}

if (args.Contains("--check"))
{
    Console.Error.WriteLine("docs/architecture.md has another picture than the code: run 'dotnet run docs/architecture.cs'.");
    return 1;
}

File.WriteAllText(document, made);
Console.WriteLine("docs/architecture.md: the picture is drawn anew.");
return 0;

string[] Files(string project, string room) => Directory.GetFiles(Path.Combine(repository, "src", $"GaitProp.{project}", room), "*.cs", SearchOption.AllDirectories);

// The rooms of the same project that a room names, by their namespaces.
string[] Known(string project, string room)
{
    var root = project == "Core" ? "GaitProp" : $"GaitProp.{project}";
    var words = Files(project, room).SelectMany(f => Regex.Matches(File.ReadAllText(f), $@"\b{Regex.Escape(root)}\.(\w+)")).Select(m => m.Groups[1].Value).ToHashSet();
    return [.. rooms[project].Where(other => other != room && words.Contains(other))];
}

// Whether one room leads to another, without going through some.
static bool Reaches(Dictionary<string, string[]> known, string from, string to, HashSet<string> seen) =>
    seen.Add(from) && (known[from].Contains(to) || known[from].Any(next => Reaches(known, next, to, seen)));
