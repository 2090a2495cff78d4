using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Sql;

/// <summary>SQL over values of the notebook, and over the recorded runs that are in the repository.</summary>
public sealed class SqlKernelTests : EngineTest
{
    private static readonly string Recorded = Path.Combine(Repository.Folder, "notebooks", "recorded");

    [Fact]
    public async Task A_result_is_a_table_with_its_first_rows_and_their_number()
    {
        await Run("#!sql\nSELECT i, i * 0.5 AS half, 'n' || i AS name FROM range(100) t(i)");
        var text = Text(Assert.Single(Cell.Shown));
        Assert.Contains("the first 20 of 100 rows", text, StringComparison.Ordinal);
        Assert.Equal(22, text.Split('\n').Length);
        Assert.Contains("<th", Html(Cell.Shown[0]), StringComparison.Ordinal);
        Assert.Contains("n19", Html(Cell.Shown[0]), StringComparison.Ordinal);
        Assert.DoesNotContain("n20", Html(Cell.Shown[0]), StringComparison.Ordinal);
    }

    /// <summary>Once for its rows, and a little for what its variable is.</summary>
    [Fact]
    public async Task A_sequence_is_read_once()
    {
        await Run(
            "var read = 0;\nIEnumerable<int> Counted() { for (var i = 0; i < 1000; i++) { read++; yield return i; } }\nvar counted = Counted();"
        );
        await Run("#!sql --as number\nSELECT count(*) FROM counted");

        Assert.Equal("1000", await Value("number.Rows[0][0]"));
        Assert.InRange(int.Parse(await Value("read"), System.Globalization.CultureInfo.InvariantCulture), 1000, 1100);
    }

    [Fact]
    public async Task A_sequence_without_an_end_can_be_stopped()
    {
        // The cells run in this process.
        const string Begun = "GaitProp.Tests.EndlessHasBegun";
        await Run(
            $"IEnumerable<int> Endless() {{ AppContext.SetData(\"{Begun}\", true); for (var i = 0; ; i++) yield return i; }}\nvar endless = Endless(); var kept = 1;"
        );
        using var stop = new CancellationTokenSource();
        var cell = Try("#!sql\nSELECT * FROM endless LIMIT 3", stop.Token);
        await Until(() => AppContext.GetData(Begun) is not null);
        await stop.CancelAsync();
        var result = await cell;

        Assert.Equal(GaitProp.Notebook.Cells.CellStatus.Interrupted, result.Status);
        Assert.Equal("1", await Value("kept"));

        // What was read of it is gone.
        await Run("endless = Enumerable.Range(0, 3);\n#!sql --as number\nSELECT count(*) FROM endless");
        Assert.Equal("3", await Value("number.Rows[0][0]"));
    }

    [Fact]
    public async Task A_table_on_its_way_to_another_language_can_be_stopped()
    {
        await Run(
            "var kept = 1;\n#!sql\nCREATE VIEW slow AS SELECT count(*) AS n FROM range(1000000) a(i), range(1000000) b(j) WHERE hash(a.i, b.j) = 0"
        );
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var result = await Try("#!set --name table --value @sql:slow", stop.Token);

        Assert.Equal(GaitProp.Notebook.Cells.CellStatus.Interrupted, result.Status);
        Assert.Equal("1", await Value("kept"));
    }

    /// <summary>What cannot be read of one run is missing of that one alone.</summary>
    [Fact]
    public async Task A_damaged_run_takes_no_other_away()
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-sql-").FullName;
        var kept = Directory.GetDirectories(Path.Combine(Recorded, "cifar-shallow")).Order(StringComparer.Ordinal).First();
        var json = File.ReadAllText(Path.Combine(kept, "run.json"));
        try
        {
            Add("bytes", [.. "{ \"status\": \""u8, 0xff, .. "\" }"u8]);
            Add("kept", Encoding.UTF8.GetBytes(json));
            Add("when", Encoding.UTF8.GetBytes(Regex.Replace(json, "\"started\": \"[^\"]*\"", "\"started\": \"yesterday\"")));

            await Run($"#!sql --runs {folder} --as found\nSELECT run, started IS NULL AS timeless FROM runs ORDER BY run");
            Assert.Equal("e/kept False;e/when True", await Value("string.Join(';', found.AsEnumerable().Select(r => $\"{r[0]} {r[1]}\"))"));
            await Run($"#!sql --runs {folder} --as settings\nSELECT DISTINCT run FROM settings");
            Assert.Equal("2", await Value("settings.Rows.Count"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Add(string name, byte[] content) =>
            File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "e", name)).FullName, "run.json"), content);
    }

    [Fact]
    public async Task A_result_is_kept_whole_in_a_variable()
    {
        await Run("#!sql --as table\nSELECT i AS number, 'x' AS word FROM range(100) t(i)");
        Assert.Equal(
            "100 4950 x",
            await Value("$\"{table.Rows.Count} {table.AsEnumerable().Sum(r => r.Field<long>(\"number\"))} {table.Rows[3][\"word\"]}\"")
        );
    }

    [Fact]
    public async Task Variables_are_tables_by_their_names_and_read_anew()
    {
        await Run(
            """
            record Trial(string Name, double Accuracy, int? Epochs);
            var trials = new List<Trial> { new("a", 0.5, 3), new("b", 0.75, null) };
            var pairs = new[] { new { Key = "a", Weight = 2f }, new { Key = "b", Weight = 4f } };
            double[] numbers = [1.5, 2.5, 4];
            var matrix = new double[,] { { 1, 2 }, { 3, 4 } };
            var sheet = new System.Data.DataTable(); sheet.Columns.Add("k", typeof(string)); sheet.Columns.Add("v", typeof(decimal)); sheet.Rows.Add("a", 1.25m); sheet.Rows.Add("b", DBNull.Value);
            """
        );
        await Run(
            "#!sql --as joined\nSELECT t.Name, t.Epochs, t.Accuracy * p.Weight AS product, s.v FROM trials t JOIN pairs p ON p.Key = t.Name JOIN sheet s ON s.k = t.Name ORDER BY Name"
        );
        Assert.Equal(
            "a,3,1,1.25;b,,3,",
            await Value(
                "string.Join(';', joined.Rows.Cast<System.Data.DataRow>().Select(r => FormattableString.Invariant($\"{r[0]},{r[1]},{(double)r[2]},{(r[3] is decimal d ? d.ToString(\"0.##\", CultureInfo.InvariantCulture) : \"\")}\")))"
            )
        );
        await Run("#!sql --as sum\nSELECT (SELECT sum(value) FROM numbers) AS s, (SELECT sum(c1) FROM matrix WHERE \"row\" = 1) AS m");
        Assert.Equal("8 4", await Value("FormattableString.Invariant($\"{sum.Rows[0][0]} {sum.Rows[0][1]}\")"));
        await Run("numbers[0] = 100;\n#!sql --as sum\nSELECT sum(value) FROM numbers");
        Assert.Equal("106.5", await Value("FormattableString.Invariant($\"{sum.Rows[0][0]}\")"));
    }

    [Fact]
    public async Task A_tensor_is_a_table()
    {
        await Run("var weights = torch.arange(6).reshape(2, 3).to(torch.float64);\n#!sql --as t\nSELECT sum(c2) FROM weights");
        Assert.Equal("7", await Value("(double)t.Rows[0][0]"));
    }

    [Fact]
    public async Task The_runs_of_a_store_are_tables()
    {
        await Run(
            $"""
            var summaries = new RunStore(@"{Recorded}").List();
            #!sql --runs "{Recorded}" --as listed
            SELECT * FROM runs
            """
        );
        Assert.Equal(
            "True",
            await Value(
                """
                listed.Rows.Count == summaries.Count && listed.Rows.Cast<System.Data.DataRow>().All(r => summaries.Single(s => s.QualifiedName == (string)r["run"]) is var s
                    && s.Rule == (string)r["rule"] && s.Experiment == (string)r["experiment"] && s.Seed == (int)r["seed"] && s.Epochs == (int)r["epochs"] && s.EpochsDone == (int)r["epochsDone"]
                    && s.TestAccuracy == (r["testAccuracy"] as double?) && Math.Abs((s.MeanAngle ?? -1) - ((r["meanAngle"] as double?) ?? -1)) < 1e-9)
                """
            )
        );
        await Run(
            $"""
            #!sql --runs "{Recorded}" --as best
            SELECT rule, max(epochs.testAccuracy) AS best, count(DISTINCT run) AS n FROM runs JOIN epochs USING (run) WHERE experiment = 'cifar-shallow' GROUP BY rule ORDER BY rule;
            SELECT r.rule, a.layer, avg(a.angle) AS angle FROM angles a JOIN runs r USING (run) WHERE r.rule = 'ngait' GROUP BY ALL ORDER BY ALL;
            SELECT count(*) FROM timing;
            SELECT run, value FROM settings WHERE setting = 'optimizer.lr' ORDER BY run
            """
        );
        Assert.Equal(4, Cell.Shown.Count);
        Assert.Equal(
            "True",
            await Value(
                "best.Rows.Count == summaries.Count && best.Rows.Cast<System.Data.DataRow>().All(r => double.Parse((string)r[1], CultureInfo.InvariantCulture) > 0)"
            )
        );
    }

    /// <summary>Every rule has BP's update there; what lies above it trains nothing and has no angle.</summary>
    [Fact]
    public async Task The_mean_angle_of_a_run_leaves_out_the_last_layer_that_trains()
    {
        var store = Directory.CreateTempSubdirectory("gaitprop-sql-").FullName;
        try
        {
            var run = Directory.CreateDirectory(Path.Combine(store, "e", "mixed")).FullName;
            File.Copy(Directory.GetFiles(Recorded, "run.json", SearchOption.AllDirectories)[0], Path.Combine(run, "run.json"));
            File.WriteAllText(
                Path.Combine(run, "metrics.jsonl"),
                "{\"kind\":\"step\",\"epoch\":1,\"step\":0,\"loss\":1,\"angles\":[1,null,3,0,null]}\n"
            );

            await Run($"#!sql --runs {store} --as means\nSELECT meanAngle FROM runs");

            Assert.Equal("2", await Value("FormattableString.Invariant($\"{means.Rows[0][0]}\")"));
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
    }

    [Fact]
    public async Task A_half_written_run_is_left_out_and_an_empty_store_has_no_rows()
    {
        var store = Directory.CreateTempSubdirectory("gaitprop-sql-").FullName;
        try
        {
            await Run(
                $"#!sql --runs {store} --as none\nSELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM epochs) + (SELECT count(*) FROM angles) + (SELECT count(*) FROM timing) + (SELECT count(*) FROM settings)"
            );
            Assert.Equal("0", await Value("none.Rows[0][0]"));
            foreach (
                var (run, text) in new[]
                {
                    ("good", File.ReadAllText(Directory.GetFiles(Recorded, "run.json", SearchOption.AllDirectories)[0])),
                    ("bad", "{ \"schema\": "),
                }
            )
            {
                Directory.CreateDirectory(Path.Combine(store, "it's one", run));
                File.WriteAllText(Path.Combine(store, "it's one", run, "run.json"), text);
                File.WriteAllText(
                    Path.Combine(store, "it's one", run, "metrics.jsonl"),
                    "{\"kind\":\"epoch\",\"epoch\":0,\"step\":0,\"trainLoss\":1,\"trainAccuracy\":0.25,\"testLoss\":1,\"testAccuracy\":0.5,\"defects\":[]}\n{\"kind\":\"step\",\"epo"
                );
            }

            await Run($"#!sql --runs {store} --as one\nSELECT run, testAccuracy FROM runs");
            await Run("var x = 1;");
            Assert.Equal(
                "1 it's one/good 0.5",
                await Value("FormattableString.Invariant($\"{one.Rows.Count} {one.Rows[0][0]} {one.Rows[0][1]}\")")
            );
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
    }

    [Theory]
    [InlineData("#!sql\nSELECT 1,\n  nosuch FROM range(3)", "line 3, column 3", "nosuch")]
    [InlineData("var x = 1;\n#!sql\nSELEC 1", "line 3, column 1", "SELEC")]
    [InlineData("#!sql\nSELECT 1;\nSELECT * FROM nosuch", "line 3, column 15", "nosuch")]
    [InlineData("#!sql --as x\nCREATE TABLE t (i INTEGER)", "", "--as")]
    [InlineData("#!sql --runs nowhere-at-all\nSELECT * FROM runs", "", "no folder of runs")]
    public async Task Errors_are_one_line_with_the_place(string cell, string place, string part)
    {
        var error = await Fail(cell);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task The_stop_button_stops_a_query()
    {
        await Run("#!sql\nSELECT 1");
        using var stop = new CancellationTokenSource();
        var cell = Try(
            "#!sql\nSELECT 1;\nSELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range * b.range % 7 = 3",
            stop.Token
        );

        // The first result is there: the second query, which takes hours, begins.
        await Until(() => Cell.Shown.Count > 0);
        await Task.Delay(200, Ending);
        var start = Environment.TickCount64;
        await stop.CancelAsync();
        var result = await cell;
        Assert.Equal(GaitProp.Notebook.Cells.CellStatus.Interrupted, result.Status);
        Assert.InRange(Environment.TickCount64 - start, 0, 20_000);
    }

    [Fact]
    public async Task Tables_are_values_for_other_languages_and_take_values_of_them()
    {
        await Run("#!sql\nCREATE TABLE made AS SELECT i FROM range(3) t(i)");
        await Run("#!set --name taken --value @sql:made");
        Assert.Equal("3", await Value("taken.Rows.Count"));
        await Run("int[] counts = [4, 5];");
        await Run("#!sql\n#!set --name given --value @csharp:counts\nSELECT sum(value) AS s FROM given");
        Assert.Contains("9", Text(Cell.Shown[^1]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!sql\nSELECT nu|", "number")]
    [InlineData("#!sql\nSELECT * FROM ma|", "made")]
    [InlineData("#!sql\nSELECT m.| FROM made m", "number")]
    [InlineData("#!sql\nSELECT * FROM ru|", "runs")]
    [InlineData("#!sql --|", "--as")]
    [InlineData("#!csharp\n1\n#!sql\nSELECT * FROM ma|", "made")]
    public async Task Names_are_completed(string cell, string word)
    {
        await Run("#!sql\nCREATE TABLE made AS SELECT i AS number FROM range(3) t(i)");
        var at = cell.IndexOf('|', StringComparison.Ordinal);
        var found = await Engine.CompleteAsync(cell.Remove(at, 1), at, Ending);
        Assert.Contains(found.Entries, e => e.Text == word);
        Assert.Equal(at, found.End);
    }
}
