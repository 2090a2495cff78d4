using System.Globalization;
using System.Text;
using CsCheck;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class FigureCsvTests
{
    [Fact]
    public void Lines_are_written_as_documented()
    {
        var figure = new Figure(
            "fig4",
            "t",
            "c",
            [
                new Panel(
                    "A",
                    "t",
                    new Axis("layer", ["hidden 1", "out, \"put\""]),
                    new Axis("angle"),
                    [new Series("ngait", "normalised, GAIT", [0, 1], [0.5, double.NaN], [0.25, double.NaN])],
                    PanelKind.Points
                ),
                new Panel(
                    "B",
                    "t",
                    new Axis("step"),
                    new Axis("angle"),
                    [new Series("bp", "BP", [100], [1e-7]) { Low = [1e-8], High = [double.NaN] }],
                    PanelKind.Lines
                ),
            ]
        );

        Assert.Equal(
            """"
            figure,panel,series,rule,x,category,y,deviation,low,high
            fig4,A,"normalised, GAIT",ngait,0,hidden 1,0.5,0.25,,
            fig4,A,"normalised, GAIT",ngait,1,"out, ""put""",,,,
            fig4,B,BP,bp,100,,1E-07,,1E-08,

            """".ReplaceLineEndings("\n"),
            FigureCsv.Write(figure)
        );
    }

    [Fact]
    public void Every_number_and_text_reads_back_as_it_was()
    {
        var text = Gen.String[Gen.Char["abcλ ,\"\r\n;'"], 0, 8];
        var values = Gen.Double;
        var series = Gen.Select(text, text, Gen.Select(values, values, values).Array[0, 6], Gen.Bool)
            .Select(
                (rule, label, points, deviates) =>
                    new Series(
                        rule,
                        label,
                        [.. points.Select(p => p.Item1)],
                        [.. points.Select(p => p.Item2)],
                        deviates ? [.. points.Select(p => p.Item3)] : null
                    )
                    {
                        Low = deviates ? null : [.. points.Select(p => p.Item3)],
                        High = deviates ? null : [.. points.Select(p => p.Item1)],
                    }
            );
        var panel = Gen.Select(text, series.Array[0, 3])
            .Select((letter, all) => new Panel(letter, "t", new Axis("x", ["first", "sec,ond"]), new Axis("y"), all, PanelKind.Points));
        Gen.Select(text, panel.Array[1, 3])
            .Select((name, panels) => new Figure(name, "t", "c", panels))
            .Sample(figure =>
            {
                var rows = Parse(FigureCsv.Write(figure)).Skip(1).ToList();
                var expected = figure
                    .Panels.SelectMany(p => p.Series.SelectMany(s => Enumerable.Range(0, s.Y.Count).Select(i => (p, s, i))))
                    .ToList();
                Assert.Equal(expected.Count, rows.Count);
                foreach (var ((p, s, i), row) in expected.Zip(rows))
                {
                    Assert.Equal([figure.Name, p.Letter, s.Label, s.Rule], row[..4]);
                    AssertSameBits(s.X[i], row[4]);
                    Assert.Equal(
                        s.X[i] == 0 ? "first"
                            : s.X[i] == 1 ? "sec,ond"
                            : "",
                        row[5]
                    );
                    AssertSameBits(s.Y[i], row[6]);
                    AssertSameBits(s.Deviation?[i] ?? double.NaN, row[7]);
                    AssertSameBits(s.Low?[i] ?? double.NaN, row[8]);
                    AssertSameBits(s.High?[i] ?? double.NaN, row[9]);
                }
            });
    }

    [Fact]
    public void A_series_with_more_positions_than_values_is_refused_and_named()
    {
        var figure = new Figure(
            "f",
            "t",
            "c",
            [new Panel("A", "t", new Axis("x"), new Axis("y"), [new Series("bp", "BP", [0, 1], [0])], PanelKind.Lines)]
        );
        var error = Assert.Throws<ArgumentException>(() => FigureCsv.Write(figure));
        Assert.Contains("panel A, series 'BP'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    [InlineData(2, null)]
    [InlineData(null, 2)]
    public void Ends_of_bars_are_as_many_as_values_and_on_both_sides(int? low, int? high)
    {
        var series = new Series("bp", "BP", [0, 1], [3, 4]) { Low = Ends(low), High = Ends(high) };
        var panel = new Panel("A", "t", new Axis("x"), new Axis("y"), [series], PanelKind.Points);
        var error = Assert.Throws<ArgumentException>(() => FigureCsv.Write(new Figure("f", "t", "c", [panel])));

        Assert.Contains("panel A, series 'BP'", error.Message, StringComparison.Ordinal);
        Assert.Contains($" {low ?? 0} lower and {high ?? 0} upper ends of bars", error.Message, StringComparison.Ordinal);

        static double[]? Ends(int? count) => count is { } some ? new double[some] : null;
    }

    [Fact]
    public void A_heat_map_is_written_one_cell_a_line()
    {
        var csv = FigureCsv.Write(SampleFigures.ManyAngles(3, 51, undefined: true));
        Assert.Equal(1 + 3 * 51, csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\nangles,A,\"normalised GAIT, displacement float32\",rule0,3,hidden 4,,,,\n", csv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0.5)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void A_cell_outside_of_the_columns_of_a_heat_map_or_filled_twice_is_refused(double place)
    {
        var panel = SampleFigures.Angles().Panels[0];
        var figure = new Figure("f", "t", "c", [panel.With("A", [new Series("bp", "BP", [0, place], [1, 2])])]);
        Assert.Contains(
            "panel A, series 'BP'",
            Assert.Throws<ArgumentException>(() => FigureCsv.Write(figure)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_heat_map_without_categories_is_refused()
    {
        var panel = SampleFigures.Angles().Panels[0];
        var figure = new Figure("f", "t", "c", [new Panel("A", panel.Title, new Axis("layer"), panel.Y, [], panel.Kind)]);
        Assert.Throws<ArgumentException>(() => FigureCsv.Write(figure));
    }

    private static void AssertSameBits(double expected, string field)
    {
        if (double.IsNaN(expected))
        {
            Assert.Equal(string.Empty, field);
        }
        else
        {
            Assert.Equal(
                BitConverter.DoubleToInt64Bits(expected),
                BitConverter.DoubleToInt64Bits(double.Parse(field, CultureInfo.InvariantCulture))
            );
        }
    }

    /// <summary>A reader of RFC 4180, character by character.</summary>
    private static List<string[]> Parse(string text)
    {
        var (rows, row, field, quoted) = (new List<string[]>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (quoted || c is not (',' or '\n'))
            {
                field.Append(c);
            }
            else
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
        }

        Assert.False(quoted);
        Assert.Empty(row);
        return rows;
    }
}
