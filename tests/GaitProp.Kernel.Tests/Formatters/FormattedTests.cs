using System.Text.Json.Nodes;
using GaitProp.Kernel.Formatters;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Tests.Formatters;

public sealed class FormattedTests
{
    [Fact]
    public void Nothing_is_the_word_for_nothing() => Assert.Equal(Formatter.NullString, Text(null));

    [Fact]
    public void Simple_values_are_what_dotnet_interactive_shows()
    {
        Assert.Equal("42", Text(42));
        Assert.Equal([MimeBundle.PlainText], Formatted.Bundle(42.5).Data.Keys);
        Assert.Equal("a\nb", Text("a\nb"));
        Assert.Equal([MimeBundle.PlainText], Formatted.Bundle("x").Data.Keys);
        Assert.Contains("dni-plaintext", Formatted.Bundle(new[] { 1, 2 }).Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_text_is_cut_and_says_so()
    {
        var text = Text(new string('x', 1_000_000));

        Assert.InRange(text.Length, 100_000, 100_100);
        Assert.EndsWith("… (900,000 more characters)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sequence_without_end_ends_at_the_limit()
    {
        var made = 0;
        IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return made++;
            }
        }

        var bundle = await Task.Run(() => Formatted.Bundle(Endless()))
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Contains("more", bundle.Data[MimeBundle.PlainText].ToString(), StringComparison.Ordinal);
        Assert.InRange(made, 20, 1000);
    }

    [Fact]
    public void A_formatter_that_throws_is_one_line_in_the_text()
    {
        Formatter.Register<Failing>(_ => throw new InvalidOperationException("first\nsecond"), MimeBundle.Html);

        var bundle = Formatted.Bundle(new Failing());

        Assert.Equal([MimeBundle.PlainText], bundle.Data.Keys);
        Assert.Contains(
            "its text/html failed: InvalidOperationException: first second",
            bundle.Data[MimeBundle.PlainText].ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_value_whose_ToString_throws_still_has_a_text()
    {
        Formatter.Register<Mute>(m => m.ToString(), MimeBundle.PlainText);

        Assert.Contains(nameof(Mute), Text(new Mute()), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_types_are_json_and_binary_types_base64()
    {
        Formatter.Register<Rich>(_ => """{"a": [1, 2]}""", "application/json");
        Formatter.Register<Rich>(_ => "iVBORw0KGgo=", MimeBundle.Png);
        Formatter.Register<Rich>(_ => "not base64!", "image/jpeg");
        Formatter.SetPreferredMimeTypesFor(typeof(Rich), "application/json", MimeBundle.Png, "image/jpeg");

        var bundle = Formatted.Bundle(new Rich());

        Assert.Equal(2, ((JsonArray)bundle.Data["application/json"]["a"]!).Count);
        Assert.Equal("iVBORw0KGgo=", bundle.Data[MimeBundle.Png].ToString());
        Assert.DoesNotContain("image/jpeg", bundle.Data.Keys);
        Assert.Contains("its image/jpeg is not base64", bundle.Data[MimeBundle.PlainText].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_user_registers_stands_above_the_kits()
    {
        GaitPropFormatters.Register();
        Formatter.Register<Own>(_ => "mine", MimeBundle.Html);
        GaitPropFormatters.Register();

        Assert.Equal("mine", Formatted.Bundle(new Own()).Data[MimeBundle.Html].ToString());
    }

    private static string Text(object? value) => Formatted.Bundle(value).Data[MimeBundle.PlainText].ToString();

    private sealed class Failing;

    private sealed class Rich;

    private sealed class Own() : Exception("own");

    private sealed class Mute
    {
        public override string ToString() => throw new InvalidOperationException("no");
    }
}
