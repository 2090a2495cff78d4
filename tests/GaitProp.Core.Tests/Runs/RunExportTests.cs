using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using GaitProp.Runs;
using GaitProp.Tests.Data;
using static GaitProp.Tests.Runs.SampleRuns;

namespace GaitProp.Tests.Runs;

/// <summary>Exports, read by DuckDB, which has its own readers of all three formats.</summary>
public sealed class RunExportTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly RunStore _store;

    public RunExportTests() => _store = new RunStore(_scratch["runs"]);

    public static TheoryData<string> Formats => ["csv", "json", "parquet"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_measurement_is_a_row(string format)
    {
        var folder = Write(_scratch["runs", "shallow"], "ngait-s5-x", "finished", 0, Epoch0, Step0, Step1, Epoch1);
        File.WriteAllText(Path.Combine(folder, "timing.jsonl"), Timing1 + "\n");

        var rows = Export($"out.{format}", _store.List());

        // epoch|step|metric|layer|value; an undefined angle is a row without a value, what was not measured is no row.
        string[] expected =
        [
            "0|0|trainLoss|-|2.5",
            "0|0|trainAccuracy|-|0.1",
            "0|0|testLoss|-|2.75",
            "0|0|testAccuracy|-|0.125",
            "0|0|defect|1|1E-16",
            "0|0|defect|2|0.5",
            "1|0|loss|-|2.302585092994046",
            "1|0|angle|1|0.25",
            "1|0|angle|2|0",
            "1|0|meanAngle|-|0.25",
            "1|1|loss|-|2.25",
            "1|1|angle|1|-",
            "1|1|angle|2|-",
            "1|1|meanAngle|-|-",
            "1|2|trainLoss|-|2",
            "1|2|trainAccuracy|-|0.5",
            "1|2|testLoss|-|2.125",
            "1|2|testAccuracy|-|0.375",
            "1|2|defect|1|0.25",
            "1|2|defect|2|0.75",
            "1|2|testTop5|-|0.875",
            "1|-|stepSeconds|-|0.001",
            "1|-|trainSeconds|-|0.25",
            "1|-|angleSeconds|-|0.125",
            "1|-|evaluationSeconds|-|0.0625",
            "1|-|steps|-|2",
        ];
        Assert.Equal(
            expected.Select(r => $"ngait-s5-x|shallow|ngait|fast|5|{r}").Order(StringComparer.Ordinal),
            Rows($"out.{format}").Order(StringComparer.Ordinal)
        );
        Assert.Equal(expected.Length, rows);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Columns_have_their_types(string format)
    {
        Write(_scratch["runs", "shallow"], "ngait-s5-x", "finished", 0, Epoch0, Step0);
        Export($"out.{format}", _store.List());

        var types = Query($"select column_name || ' ' || column_type from (describe select * from '{_scratch[$"out.{format}"]}')");

        // Text formats have no types of their own: DuckDB takes the widest integer.
        var integer = format == "parquet" ? "INTEGER" : "BIGINT";
        Assert.Equal(
            [
                "run VARCHAR",
                "experiment VARCHAR",
                "rule VARCHAR",
                "preset VARCHAR",
                $"seed {integer}",
                $"epoch {integer}",
                "step BIGINT",
                "metric VARCHAR",
                $"layer {integer}",
                "value DOUBLE",
            ],
            types
        );
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Numbers_and_odd_names_come_back_the_same(string format)
    {
        var random = new Random(7);
        var values = Enumerable
            .Range(0, 500)
            .Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64()))
            .Where(double.IsFinite)
            .ToArray();
        Write(
            _scratch["runs", "a, b ü's"],
            "bp-s1",
            "finished",
            0,
            [
                .. values.Select(
                    (v, i) =>
                        string.Create(CultureInfo.InvariantCulture, $$"""{"kind":"step","epoch":1,"step":{{i}},"loss":{{v}},"angles":[]}""")
                ),
            ]
        );

        Export($"out.{format}", _store.List());

        Assert.Equal(["a, b ü's"], Query($"select distinct experiment from '{_scratch[$"out.{format}"]}'"));
        Assert.Equal(
            values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)),
            Query($"select value from '{_scratch[$"out.{format}"]}' order by step")
        );
    }

    [Fact]
    public void The_three_formats_hold_the_same_rows()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            Write(_scratch["runs", "shallow"], $"bp-s{seed}", "finished", 0, [Epoch0, .. Enumerable.Repeat(Step0, 820), Step1, Epoch1]);
        }

        // More than one row group of Parquet; text has none, and a few runs tell how it is written.
        var all = _store.List();
        RunSummary[] some = [.. all.Take(4)];
        Assert.Equal((131_880L, 131_880L), (Export("all.csv", all), Export("all.parquet", all)));
        Assert.Equal((13_188L, 13_188L), (Export("some.csv", some), Export("some.json", some)));

        Assert.Equal(Sums("all.csv"), Sums("all.parquet"));
        Assert.Equal(Sums("some.csv"), Sums("some.json"));

        List<string> Sums(string file) =>
            Query(
                $"select count(*) || ' ' || count(distinct run) || ' ' || count(value) || ' ' || sum(hash(run, seed::int, epoch::int, step::bigint, metric, layer::int, value)) from '{_scratch[file]}'"
            );
    }

    [Fact]
    public void No_runs_are_a_table_without_rows()
    {
        Assert.All(Formats, f => Assert.Equal(0, Export($"out.{f.Data}", [])));

        Assert.Equal(["0"], Query($"select count(*) from '{_scratch["out.parquet"]}'"));
        Assert.Equal(["0"], Query($"select count(*) from '{_scratch["out.json"]}'"));
        Assert.Equal("run,experiment,rule,preset,seed,epoch,step,metric,layer,value", Assert.Single(File.ReadLines(_scratch["out.csv"])));
    }

    [Fact]
    public void Lines_of_text_are_as_documented()
    {
        Write(
            _scratch["runs", "shallow"],
            "bp-s1",
            "finished",
            0,
            """{"kind":"step","epoch":1,"step":3,"loss":0.5,"angles":[null],"meanAngle":null}"""
        );
        Export("out.csv", _store.List());
        Export("out.JSON", _store.List());

        Assert.Equal(
            """
            run,experiment,rule,preset,seed,epoch,step,metric,layer,value
            bp-s1,shallow,bp,fast,1,1,3,loss,,0.5
            bp-s1,shallow,bp,fast,1,1,3,angle,1,
            bp-s1,shallow,bp,fast,1,1,3,meanAngle,,

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(_scratch["out.csv"])
        );
        Assert.StartsWith(
            "[\n{\"run\":\"bp-s1\",\"experiment\":\"shallow\",\"rule\":\"bp\",\"preset\":\"fast\",\"seed\":1,\"epoch\":1,\"step\":3,\"metric\":\"loss\",\"layer\":null,\"value\":0.5},\n{",
            File.ReadAllText(_scratch["out.JSON"]),
            StringComparison.Ordinal
        );
        Assert.NotEqual(0xEF, File.ReadAllBytes(_scratch["out.csv"])[0]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_failed_export_leaves_the_earlier_file_and_nothing_else(string format)
    {
        File.WriteAllText(_scratch[$"out.{format}"], "earlier");
        Write(_scratch["runs", "shallow"], "bp-s1", "finished", 0, Epoch0);
        Write(_scratch["runs", "shallow"], "bp-s2", "finished", 1, "{]", Step0, Epoch0);
        Write(_scratch["runs", "shallow"], "bp-s3", "odd", 1);

        Fails($"{_scratch["runs", "shallow", "bp-s2", "metrics.jsonl"]} is damaged at line 1", _store.List().Where(r => r.Problem is null));
        Fails("run shallow/bp-s3 cannot be exported: run.json is damaged", _store.List().Where(r => r.Name == "bp-s3"));
        Assert.Throws<OperationCanceledException>(() =>
            RunExport.Write(_scratch[$"out.{format}"], _store.List(), new CancellationToken(canceled: true))
        );
        Assert.Equal(
            ["runs", $"out.{format}"],
            Directory
                .GetFileSystemEntries(_scratch.Path, "*", new EnumerationOptions { AttributesToSkip = 0 })
                .Select(Path.GetFileName)
                .OrderDescending()
        );
        Assert.Equal("earlier", File.ReadAllText(_scratch[$"out.{format}"]));

        void Fails(string message, IEnumerable<RunSummary> runs) =>
            Assert.StartsWith(
                message,
                Assert.Throws<GaitPropException>(() => Export($"out.{format}", runs)).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void The_folder_of_the_file_is_made()
    {
        Export("new/folder/out.csv", []);

        Assert.True(File.Exists(_scratch["new", "folder", "out.csv"]));
    }

    [Fact]
    public void A_place_or_name_that_cannot_be_is_one_line()
    {
        Assert.Equal(
            $"runs cannot be exported to {_scratch["out.xlsx"]}: name a file that ends in .csv, .json or .parquet.",
            Assert.Throws<GaitPropException>(() => Export("out.xlsx", [])).Message
        );

        File.WriteAllText(_scratch["file"], "");
        var e = Assert.Throws<GaitPropException>(() => Export("file/out.csv", []));
        Assert.StartsWith($"cannot write {_scratch["file", "out.csv"]}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private long Export(string file, IEnumerable<RunSummary> runs) =>
        RunExport.Write(_scratch[file.Split('/')], runs, TestContext.Current.CancellationToken);

    private List<string> Rows(string file) =>
        Query(
            $"select concat_ws('|', run, experiment, rule, preset, seed, epoch, coalesce(step::varchar, '-'), metric, coalesce(layer::varchar, '-')), value from '{_scratch[file]}'"
        );

    /// <summary>The rows of a query, their fields joined; a missing number is a dash.</summary>
    private static List<string> Query(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            var row = new StringBuilder();
            for (var field = 0; field < reader.FieldCount; field++)
            {
                row.Append(field == 0 ? "" : "|")
                    .Append(reader.IsDBNull(field) ? "-" : Convert.ToString(reader.GetValue(field), CultureInfo.InvariantCulture));
            }

            rows.Add(row.ToString());
        }

        return rows;
    }
}
