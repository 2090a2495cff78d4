using System.Data;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive.Formatting.TabularData;

namespace GaitProp.Kernel.Tests.Formatters;

/// <summary>What a cell shows of every public type of the kit.</summary>
public sealed partial class PublicTypesTests
{
    /// <summary>Bytes that a cell may keep of one value that is no picture.</summary>
    private const int Most = 60_000;

    public static TheoryData<string> Names => [.. PublicTypes.All.Select(t => t.FullName!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_is_shown_in_words_and_small(string name)
    {
        var type = typeof(Network).Assembly.GetType(name)!;
        Check(PublicTypes.Of(type), type);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_list_of_values_is_shown_in_words_and_small(string name)
    {
        var type = typeof(Network).Assembly.GetType(name)!;
        var value = PublicTypes.Of(type);
        Check(ListOf(type, value, 30), type);
        Check(ListOf(type, value, 0), type);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1, [2, 3], {\"a\": null}]")]
    [InlineData("\"<b>x</b>\"")]
    public void Json_is_shown_as_it_is_written(string json)
    {
        foreach (var value in (object[])[JsonNode.Parse(json)!, JsonDocument.Parse(json), JsonDocument.Parse(json).RootElement])
        {
            var bundle = Formatted.Bundle(value);
            Assert.Equal(
                JsonNode.Parse(json)!.ToJsonString(),
                JsonNode.Parse(bundle.Data[MimeBundle.PlainText].ToString())!.ToJsonString()
            );
            Assert.DoesNotContain("<b>x", bundle.Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
            Assert.InRange(bundle.Data[MimeBundle.Html].ToString().Length, 1, 1000);
        }
    }

    [Fact]
    public void Long_json_is_cut_and_says_so()
    {
        var json = new JsonObject(
            Enumerable.Range(0, 5000).Select(i => KeyValuePair.Create($"field {i}", (JsonNode?)new JsonArray(1, 2, 3)))
        );
        var bundle = Formatted.Bundle(json);

        Assert.All(bundle.Data.Values, form => Assert.InRange(form.ToString().Length, 1000, Most));
        Assert.Contains("more characters)", bundle.Data[MimeBundle.PlainText].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_data_shows_all_of_its_columns_and_says_how_many_rows_it_has()
    {
        using var table = new DataTable();
        for (var c = 0; c < 30; c++)
        {
            table.Columns.Add($"column_{c}", c % 2 == 0 ? typeof(double) : typeof(string));
        }

        for (var r = 0; r < 50; r++)
        {
            table.Rows.Add([
                .. Enumerable
                    .Range(0, 30)
                    .Select(c =>
                        c % 2 == 0 ? r / 8.0
                        : c == 1 ? DBNull.Value
                        : (object)$"word {r}"
                    ),
            ]);
        }

        var bundle = Formatted.Bundle(table);
        foreach (
            var text in (string[])
                [bundle.Data[MimeBundle.PlainText].ToString(), WebUtility.HtmlDecode(bundle.Data[MimeBundle.Html].ToString())]
        )
        {
            Assert.All(Enumerable.Range(0, 30), c => Assert.Contains($"column_{c}", text, StringComparison.Ordinal));
            Assert.Contains("the first 20 of 50 rows", text, StringComparison.Ordinal);
            Assert.Contains("NULL", text, StringComparison.Ordinal);
        }

        Assert.Equal(["html", "plain"], bundle.Data.Keys.Select(k => k.Split('/')[1]).Order());
    }

    [Fact]
    public void A_table_that_a_cell_makes_of_a_sequence_is_one_in_every_form()
    {
        var table = new[]
        {
            new
            {
                Rule = "BP",
                Accuracy = 53.171,
                Epoch = 122,
                Note = (string?)null,
            },
            new
            {
                Rule = "<FA>",
                Accuracy = double.NaN,
                Epoch = 1650,
                Note = (string?)"low",
            },
        }.ToTabularDataResource();
        var bundle = Formatted.Bundle(table);

        Assert.Equal(
            """
            Rule   Accuracy  Epoch  Note
            BP        53.17    122  –
            <FA>  undefined   1650  low
            """.ReplaceLineEndings("\n"),
            bundle.Data[MimeBundle.PlainText].ToString().TrimEnd(),
            ignoreLineEndingDifferences: true
        );
        Assert.Contains("&lt;FA&gt;", bundle.Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Rule,Accuracy,Epoch,Note", bundle.Data["text/csv"].ToString(), StringComparison.Ordinal);

        var many = Formatted.Bundle(Enumerable.Range(0, 300).Select(n => new { n }).ToTabularDataResource());
        Assert.Contains("the first 100 of 300 rows", many.Data[MimeBundle.PlainText].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_shows_its_layers_and_where_it_does_not_fit()
    {
        var shown = Formatted
            .Bundle(NetworkDefinition.Parse("mine", [3, 8, 8], "conv 3x3/2 8, maxpool 2, dense 10"))
            .Data[MimeBundle.PlainText]
            .ToString();
        foreach (var words in (string[])["plan mine: input 3x8x8, 3 layers", "conv 3x3/2 8", "8x4x4", "maxpool 2", "dense 10"])
        {
            Assert.Contains(words, shown, StringComparison.Ordinal);
        }

        Assert.Contains(
            "layer 2 (maxpool 5)",
            Formatted
                .Bundle(NetworkDefinition.Parse("mine", [3, 8, 8], "conv 3x3/2 8, maxpool 5, dense 10"))
                .Data[MimeBundle.PlainText]
                .ToString(),
            StringComparison.Ordinal
        );
    }

    private static Array ListOf(Type type, object value, int count)
    {
        var array = Array.CreateInstance(type, count);
        for (var i = 0; i < count; i++)
        {
            array.SetValue(value, i);
        }

        return array;
    }

    private static void Check(object value, Type type)
    {
        var bundle = Formatted.Bundle(value);
        foreach (
            var (mime, form) in bundle.Data.Where(f =>
                !f.Key.StartsWith("image/", StringComparison.Ordinal) && !f.Key.EndsWith("json", StringComparison.Ordinal)
            )
        )
        {
            var text = form.ToString();
            var words = WebUtility.HtmlDecode(mime == MimeBundle.Html ? Tag().Replace(Picture().Replace(text, ""), " ") : text);
            Assert.InRange(text.Length - Picture().Matches(text).Sum(m => m.Length), 1, Most);
            Assert.DoesNotMatch(OfTheCompiler(), words);
            Assert.DoesNotContain($"{type.Namespace}.{type.Name}", words, StringComparison.Ordinal);
            Assert.DoesNotContain("failed:", words, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", words, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>word", mime == MimeBundle.Html ? text : "", StringComparison.Ordinal);
        }
    }

    /// <summary>Names that the compiler makes up, and those of generic types as the runtime writes them.</summary>
    [GeneratedRegex("<>|`[0-9]|k__BackingField|EqualityContract|<Clone>")]
    private static partial Regex OfTheCompiler();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("data:image/png;base64,[A-Za-z0-9+/=]*")]
    private static partial Regex Picture();
}
