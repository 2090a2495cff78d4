using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Notebooks.Parameters;

/// <summary>
/// Other values for the parameters of a notebook, as papermill has them: the cell with the tag <c>parameters</c> sets them, and a cell with
/// the tag <c>injected-parameters</c> behind it sets some of them anew, in the same language. The next values take that cell's place.
/// </summary>
internal static class NotebookParameters
{
    /// <summary>The tag of the cell whose variables are parameters.</summary>
    public const string Tag = "parameters";

    /// <summary>The tag of the cell with other values.</summary>
    public const string Injected = "injected-parameters";

    /// <summary>The notebook with other values.</summary>
    /// <param name="notebook">The notebook; its JSON is changed.</param>
    /// <param name="file">What it is called in errors.</param>
    /// <param name="values">Names and values, as words of a command line.</param>
    /// <param name="unknown">What to say of an unknown word, from its kind and the words there are.</param>
    /// <exception cref="NotebookException">There is no such cell or parameter, or a value is not possible.</exception>
    public static NotebookDocument Inject(
        NotebookDocument notebook,
        string file,
        IReadOnlyList<(string Name, string Value)> values,
        Func<string, string, IEnumerable<string>, string> unknown
    )
    {
        if (notebook.Cells.FirstOrDefault(c => c.IsCode && c.Tags.Contains(Tag)) is not { } cell)
        {
            throw new NotebookException(
                Path.GetExtension(file).Equals(DibFile.Extension, StringComparison.OrdinalIgnoreCase)
                    ? $"'{file}' cannot say which cell has its parameters, since a .dib file keeps no tags: convert it to .ipynb and give that cell the tag '{Tag}'."
                    : $"'{file}' has no cell with the tag '{Tag}': give it to the cell that sets {values[0].Name} (in its metadata: \"tags\": [\"{Tag}\"])."
            );
        }

        var (language, head, body) = Parts(cell, file);
        var parameters = language.Read(body).GroupBy(p => p.Name).ToDictionary(p => p.Key, p => p.Last());
        var lines = new List<string>();
        foreach (var (name, value) in values)
        {
            if (!parameters.TryGetValue(name, out var parameter))
            {
                throw new NotebookException($"'{file}': {unknown("parameter", name, parameters.Keys)}");
            }

            if (parameter.Type is not { } type)
            {
                throw new NotebookException(
                    $"--param {name}={value} is not possible: in '{file}' {name} is {parameter.Value}, and not a number, a text, true or false, or a list of those."
                );
            }

            lines.Add(
                parameter.Declare(
                    type.Literals(value, language.Truth)
                        ?? throw new NotebookException(
                            $"--param {name}={value} is not possible: {name} of '{file}' is {type.Title} (there: {parameter.Value})."
                        )
                )
            );
        }

        Put(notebook, cell, $"{head}{language.Comment} Parameters of this run.\n{string.Join('\n', lines)}");
        return new NotebookDocument(notebook.Root);
    }

    /// <summary>The cell's language, the lines that name it, and its text in that language.</summary>
    private static (ParameterLanguage Language, string Head, string Body) Parts(NotebookCell cell, string file)
    {
        var lines = cell.Source.Split('\n');
        var first = Array.FindIndex(lines, l => !string.IsNullOrWhiteSpace(l) && !IsMagic(l)) is >= 0 and var at ? at : lines.Length;
        var word = lines[..first].Where(IsMagic).Select(l => l.Trim()[2..].Split(' ')[0]).LastOrDefault(Known) ?? cell.Language;
        var language =
            ParameterLanguage.All.FirstOrDefault(l => l.Names.Contains(word))
            ?? throw new NotebookException(
                $"The cell of '{file}' with the tag '{Tag}' is in {word}: parameters can be in {string.Join(", ", ParameterLanguage.All.Select(l => l.Names[0]))}."
            );
        var head = word == cell.Language ? "" : $"#!{word}\n";
        return (language, head, string.Join('\n', lines[first..].TakeWhile(l => !IsMagic(l))));

        static bool IsMagic(string line) => line.TrimStart().StartsWith("#!", StringComparison.Ordinal);

        // A line such as #!time names no language.
        static bool Known(string word) => ParameterLanguage.All.Any(l => l.Names.Contains(word)) || DibFile.IsLanguage(word);
    }

    private static void Put(NotebookDocument notebook, NotebookCell parameters, string source)
    {
        var cells = (JsonArray)notebook.Root["cells"]!;
        var metadata = (JsonObject)parameters.Metadata.DeepClone();
        metadata["tags"] = new JsonArray(Injected);
        metadata.Remove("gaitprop");
        var injected = new JsonObject
        {
            ["cell_type"] = "code",
            ["id"] = Id(),
            ["metadata"] = metadata,
            ["execution_count"] = null,
            ["outputs"] = new JsonArray(),
            ["source"] = source,
        };
        var before = notebook.Cells.Index().Where(c => c.Item.Tags.Contains(Injected)).Select(c => c.Index).DefaultIfEmpty(-1).First();
        if (before >= 0)
        {
            cells[before] = injected;
        }
        else
        {
            cells.Insert(cells.IndexOf(parameters.Node) + 1, injected);
        }

        string Id()
        {
            var taken = notebook.Cells.Where(c => !c.Tags.Contains(Injected)).Select(c => c.Id).ToHashSet();
            return Enumerable.Range(0, int.MaxValue).Select(n => n == 0 ? Injected : $"{Injected}-{n}").First(id => !taken.Contains(id));
        }
    }
}
