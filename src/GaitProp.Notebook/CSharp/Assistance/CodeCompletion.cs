using System.Diagnostics;
using GaitProp.Notebook.Cells;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.Tags;

namespace GaitProp.Notebook.CSharp.Assistance;

/// <summary>What C# could stand at the caret.</summary>
internal static class CodeCompletion
{
    /// <summary>So many candidates are described.</summary>
    private const int Described = 40;

    /// <summary>And no longer than this is spent on it.</summary>
    private static readonly TimeSpan DescribedWithin = TimeSpan.FromMilliseconds(200);

    /// <summary>The candidates at a position, those first that begin with what stands there.</summary>
    /// <param name="document">The cell.</param>
    /// <param name="position">The caret.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<CellCompletion> AtAsync(Document document, int position, CancellationToken cancellation)
    {
        var nothing = new CellCompletion(position, position, []);
        var service = CompletionService.GetService(document);
        if (service is null)
        {
            return nothing;
        }

        var list = await service.GetCompletionsAsync(document, position, cancellationToken: cancellation).ConfigureAwait(false);
        if (list.ItemsList.Count == 0)
        {
            return nothing;
        }

        var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        var typed = text.ToString(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(list.Span.Start, position));
        var items = list
            .ItemsList.Where(i => !i.IsComplexTextEdit && !i.Tags.Contains(WellKnownTags.Snippet))
            .Select(i => (Item: i, Rank: Rank(i.FilterText, typed)))
            .Where(i => i.Rank < Unfit)
            .OrderBy(i => i.Rank)
            .ThenBy(i => i.Item.SortText, StringComparer.OrdinalIgnoreCase)
            .Select(i => i.Item)
            .DistinctBy(Inserted)
            .ToList();
        var clock = Stopwatch.StartNew();
        var entries = new List<CompletionEntry>(items.Count);
        foreach (var item in items)
        {
            var (signature, documentation) =
                entries.Count < Described && clock.Elapsed < DescribedWithin
                    ? await DescribedAsync(service, document, item, cancellation).ConfigureAwait(false)
                    : ("", "");
            entries.Add(new CompletionEntry(Inserted(item), Kind(item), signature, documentation));
        }

        return new CellCompletion(list.Span.Start, Math.Max(list.Span.End, position), entries);
    }

    private const int Unfit = 4;

    /// <summary>How well a candidate fits what was typed: 0 best.</summary>
    private static int Rank(string candidate, string typed) =>
        candidate.StartsWith(typed, StringComparison.Ordinal) ? 0
        : candidate.StartsWith(typed, StringComparison.OrdinalIgnoreCase) ? 1
        : StartsHumps(candidate, typed) ? 2
        : typed.Length > 2 && candidate.Contains(typed, StringComparison.OrdinalIgnoreCase) ? 3
        : Unfit;

    /// <summary>Whether the letters typed begin words of a name: <c>RAL</c> in <c>ReadAllLines</c>.</summary>
    private static bool StartsHumps(string candidate, string typed)
    {
        var i = 0;
        foreach (var letter in candidate.Where(char.IsUpper))
        {
            if (i < typed.Length && letter == typed[i])
            {
                i++;
            }
        }

        return i == typed.Length;
    }

    private static string Inserted(CompletionItem item) =>
        item.Properties.TryGetValue("InsertionText", out var text) ? text : item.DisplayText;

    private static async Task<(string Signature, string Documentation)> DescribedAsync(
        CompletionService service,
        Document document,
        CompletionItem item,
        CancellationToken cancellation
    )
    {
        if (item.Tags.Contains(WellKnownTags.Keyword))
        {
            return ("", "");
        }

        var description = await service.GetDescriptionAsync(document, item, cancellation).ConfigureAwait(false);
        var lines = (description?.Text ?? "").Split('\n', 2, StringSplitOptions.TrimEntries);
        return (lines[0], lines.Length > 1 ? lines[1] : "");
    }

    private static string Kind(CompletionItem item)
    {
        foreach (var tag in item.Tags)
        {
            switch (tag)
            {
                case WellKnownTags.Class
                or WellKnownTags.Structure
                or WellKnownTags.Interface
                or WellKnownTags.Enum
                or WellKnownTags.Delegate
                or WellKnownTags.TypeParameter:
                    return "class";
                case WellKnownTags.Method or WellKnownTags.ExtensionMethod or WellKnownTags.Operator:
                    return "function";
                case WellKnownTags.Property or WellKnownTags.Event:
                    return "property";
                case WellKnownTags.Field or WellKnownTags.Constant or WellKnownTags.EnumMember:
                    return "field";
                case WellKnownTags.Local or WellKnownTags.Parameter or WellKnownTags.RangeVariable:
                    return "variable";
                case WellKnownTags.Namespace:
                    return "module";
                case WellKnownTags.Keyword:
                    return "keyword";
            }
        }

        return "";
    }
}
