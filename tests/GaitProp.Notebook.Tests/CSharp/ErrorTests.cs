using System.Text.RegularExpressions;
using CsCheck;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Tests.CSharp;

public sealed class ErrorTests : EngineTest
{
    [Theory]
    [InlineData("rand(3, 4).matmul(rand(3, 4))", "mat1 and mat2 shapes cannot be multiplied (3x4 and 3x4)")]
    [InlineData("rand(3, 3).matmul(rand(3, 3, dtype: float64))", "dtype")]
    [InlineData("rand(2, 3, 4).matmul(rand(2, 3, 4))", "")]
    [InlineData(
        "rand(2, 3, 4).matmul(rand(5, 4, 3))",
        "The size of tensor a (2) must match the size of tensor b (5) at non-singleton dimension 0"
    )]
    [InlineData("rand(2, 2, 3, 4).matmul(rand(3))", "cannot be multiplied (3x4 and 3x1)")]
    [InlineData("rand(3).matmul(rand(4))", "")]
    [InlineData("tensor(1f).matmul(rand(4))", "self must be a matrix")]
    [InlineData("rand(2, 2, 3, 4).matmul(rand(4, 3, dtype: float64))", "expected m1 and m2 to have the same dtype")]
    [InlineData("matmul(rand(3, 4), rand(3, 4))", "cannot be multiplied")]
    [InlineData("rand(3, 4) + rand(2, 5)", "must match the size")]
    public async Task A_wrong_product_is_an_ordinary_exception_in_one_sentence(string product, string sentence)
    {
        await Run("using TorchSharp; using static TorchSharp.torch; var kept = 5;");
        var error = await Fail(product);
        Assert.Equal("ExternalException", error.Name);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", string.Join('\n', error.Traceback), StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 10, 400);
        Assert.Equal("5", await Value("kept"));
        Assert.Equal(
            "True",
            await Value($"try {{ _ = {product}; }} catch (System.Runtime.InteropServices.ExternalException) {{ kept = 6; }}\nkept == 6")
        );
    }

    [Fact]
    public async Task The_guard_gives_what_products_are()
    {
        await Run(
            """
            using TorchSharp; using static TorchSharp.torch;
            void Check(long[] a, long[] b, string formula)
            {
                var (x, y) = (rand(a, dtype: float64), rand(b, dtype: float64));
                if (!x.matmul(y).allclose(einsum(formula, x, y))) throw new Exception(formula);
            }
            Check([3, 4], [4, 5], "ij,jk->ik"); Check([4], [4], "i,i->"); Check([3, 4], [4], "ij,j->i"); Check([4], [4, 5], "j,jk->k");
            Check([2, 3, 4], [2, 4, 5], "bij,bjk->bik"); Check([2, 3, 4], [4, 5], "bij,jk->bik"); Check([2, 3, 4], [4], "bij,j->bi"); Check([3, 4], [2, 4, 5], "ij,bjk->bik");
            Check([7, 2, 3, 4], [7, 2, 4, 5], "abij,abjk->abik"); Check([0, 4], [4, 5], "ij,jk->ik");
            var w = rand(3, 4).requires_grad_(); rand(2, 5, 3).matmul(w).sum().backward(); if (w.grad is null) throw new Exception("no gradient");
            """
        );
    }

    [Fact]
    public async Task A_compile_error_shows_line_column_source_and_a_mark()
    {
        var error = await Fail("var a = 1;\nvar b = a + nosuch;\n");
        Assert.Equal("CompilationError", error.Name);
        Assert.StartsWith("Cell [1], line 2, column 13: CS0103: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            [
                "Cell [1], line 2, column 13: error CS0103: The name 'nosuch' does not exist in the current context",
                "    var b = a + nosuch;",
                "                ^~~~~~",
            ],
            Plain(error)
        );
        Assert.Contains("nosuch", error.Bundle!.Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_are_no_errors()
    {
        await Run(
            "int unused; string s = null; async Task F() { } #pragma warning disable\n".Replace(
                " #pragma warning disable",
                "",
                StringComparison.Ordinal
            )
        );
        Assert.Equal(("", ""), (Cell.Out, Cell.Error));
        Assert.Empty(Cell.Events);
    }

    [Fact]
    public async Task Many_errors_are_counted()
    {
        var error = await Fail(string.Concat(Enumerable.Range(0, 30).Select(i => $"nosuch{i}();\n")));
        Assert.Equal(31, error.Traceback.Count);
        Assert.Contains("20 more", error.Traceback[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_shows_its_type_message_and_the_lines_of_the_cells()
    {
        await Run(
            "int Half(int n)\n{\n    if (n % 2 != 0)\n        throw new ArgumentException(\"odd\", nameof(n));\n    return n / 2;\n}"
        );
        var error = await Fail("var x = 2;\n\nHalf(x + 1)");
        Assert.Equal("ArgumentException", error.Name);
        Assert.Equal(["ArgumentException: odd (Parameter 'n')", "   at Half in Cell [1], line 4", "   at Cell [2], line 3"], Plain(error));
    }

    [Fact]
    public async Task Lines_are_those_of_the_cell_behind_magics_too()
    {
        var error = await Fail("#!time\n#!csharp\n// a comment\nint.Parse(\"x\");");
        Assert.Equal("FormatException", error.Name);
        Assert.Equal("   at Cell [1], line 4", Plain(error)[^1]);
        error = await Fail("#!time\n\n  nosuch");
        Assert.StartsWith("Cell [2], line 3, column 3: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_have_the_names_that_the_user_gave()
    {
        await Run(
            """
            class Box<T> { public void Open(T t) => throw new NotSupportedException("shut"); public Box() { } }
            async Task Later(Box<int> b) { await Task.Yield(); b.Open(1); }
            IEnumerable<int> Items() { yield return 1; Later(new()).GetAwaiter().GetResult(); }
            """
        );
        var error = await Fail("var f = (int n) =>\n    Items().Count();\nf(1)");
        var lines = Plain(error);
        Assert.Equal("NotSupportedException: shut", lines[0]);
        Assert.Equal("   at Box<T>.Open in Cell [1], line 1", lines[1]);
        Assert.Equal("   at Later in Cell [1], line 2", lines[2]);
        Assert.Contains("   at Items in Cell [1], line 3", lines);
        Assert.Contains("   at lambda in Cell [2], line 2", lines);
        Assert.Equal("   at Cell [2], line 3", lines[^1]);
        Assert.DoesNotContain(
            lines,
            l =>
                Regex.IsMatch(l, "MoveNext|Submission|<|GaitProp|ExecutionContext")
                && !l.Contains("Box<T>", StringComparison.Ordinal)
                && !l.Contains("Enumerable.", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Inner_exceptions_are_folded()
    {
        var error = await Fail("try { int.Parse(\"<b>\"); } catch (Exception e) { throw new InvalidOperationException(\"outer\", e); }");
        Assert.Equal("InvalidOperationException", error.Name);
        Assert.Equal("outer", error.Message);
        Assert.Contains(Plain(error), l => l.StartsWith("caused by FormatException: ", StringComparison.Ordinal));
        var html = error.Bundle!.Data[MimeBundle.Html].ToString();
        Assert.Contains("<details><summary>caused by", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>'", html.Replace("&lt;b&gt;", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(Regex.Count(html, "<(div|details)[ >]"), Regex.Count(html, "</(div|details)>"));
    }

    [Fact]
    public async Task Wrappers_of_the_machinery_are_taken_off()
    {
        Assert.Equal("FormatException", (await Fail("Task.Run(() => int.Parse(\"x\")).Wait();")).Name);
        Assert.Equal("FormatException", (await Fail("typeof(int).GetMethod(\"Parse\", [typeof(string)])!.Invoke(null, [\"x\"]);")).Name);
        var both = await Fail(
            "await Task.WhenAll(); throw new AggregateException(new FormatException(\"a\"), new ArgumentException(\"b\"));"
        );
        Assert.Equal("AggregateException", both.Name);
        Assert.Equal(2, Plain(both).Count(l => l.StartsWith("caused by", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Deep_recursion_is_cut_short_in_the_trace()
    {
        var error = await Fail("int Down(int n) => n == 0 ? throw new Exception(\"ground\") : Down(n - 1) + 1;\nDown(500)");
        Assert.InRange(error.Traceback.Count, 5, 25);
        Assert.EndsWith("Cell [1], line 2", Plain(error)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_formatter_is_the_cells_failure()
    {
        var error = await Fail(
            "class Bad { public override string ToString() => throw new NotSupportedException(\"no text\"); }\nConsole.Write(new Bad());"
        );
        Assert.Equal("NotSupportedException", error.Name);
    }

    [Fact]
    public void The_mark_stands_under_its_place_whatever_stands_before_it()
    {
        Assert.Equal("    ^~", SourceCaret.Under("漢字ab", 2, 2));
        Assert.Equal("\t  ^", SourceCaret.Under("\t😀x", 3, 1));
        Assert.Equal(" ^", SourceCaret.Under("e\u0301x", 2, 1));
        Assert.Equal("^", SourceCaret.Under("", 0, 5));
    }

    [Fact]
    public void Any_line_has_a_mark_that_is_as_wide_as_what_it_means()
    {
        var parts = OneOf("a", "é", "漢", "😀", "\t", "e\u0301", "𝒳", " ").List[0, 8].Select(string.Concat);
        Gen.Select(parts, parts, parts)
            .Sample(
                (before, meant, after) =>
                {
                    var mark = SourceCaret.Under(before + meant + after, before.Length, meant.Length);
                    var start = mark.IndexOf('^', StringComparison.Ordinal);
                    return start == Blank(before).Length
                        && mark[..start] == Blank(before)
                        && mark.Length - start == Math.Max(1, Blank(meant).Length);
                }
            );

        // An independent reckoning: two blanks for what is wide, none for what combines.
        static string Blank(string text) =>
            text.Replace("e\u0301", " ", StringComparison.Ordinal)
                .Replace("𝒳", " ", StringComparison.Ordinal)
                .Replace("😀", "  ", StringComparison.Ordinal)
                .Replace("漢", "  ", StringComparison.Ordinal)
                .Replace("a", " ", StringComparison.Ordinal)
                .Replace("é", " ", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Places_of_errors_are_right_in_any_script()
    {
        var error = await Fail("var größe = \"😀\"; var 漢 = 1; /* 😀 */ nosuch");
        Assert.StartsWith(
            $"Cell [1], line 1, column {"var größe = \"😀\"; var 漢 = 1; /* 😀 */ ".Length + 1}: ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static string[] Plain(CellError error) => Ansi.Plain(string.Join('\n', error.Traceback)).Split('\n');
}
