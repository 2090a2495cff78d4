using GaitProp.Notebook.Sql;

namespace GaitProp.Notebook.Tests.Sql;

public sealed class SqlTextTests
{
    [Theory]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData("  SELECT 1;\n\nSELECT 2 ; ", "SELECT 1|SELECT 2")]
    [InlineData("SELECT ';' ; SELECT \"a;b\"", "SELECT ';'|SELECT \"a;b\"")]
    [InlineData("SELECT 'it''s;' -- no; more\n; /* ; */", "SELECT 'it''s;' -- no; more")]
    [InlineData("-- nothing; at all\n", "")]
    [InlineData("SELECT $$a;b$$; SELECT $t$;$$;$t$", "SELECT $$a;b$$|SELECT $t$;$$;$t$")]
    [InlineData("SELECT 'open;", "SELECT 'open;")]
    [InlineData("/* c */ SELECT 1 /* d; */ + 1", "SELECT 1 /* d; */ + 1")]
    public void Statements_end_at_semicolons_outside_of_texts_and_comments(string sql, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), SqlText.Statements(sql).Select(s => s.Text));

    [Fact]
    public void A_statement_knows_where_it_begins() =>
        Assert.Equal([2, 14], SqlText.Statements("\n\nSELECT 1; \n SELECT 2").Select(s => s.Start));

    [Theory]
    [InlineData("SELECT 'a|", true)]
    [InlineData("SELECT -- a|", true)]
    [InlineData("SELECT /* a|", true)]
    [InlineData("SELECT 'a' |", false)]
    [InlineData("SELECT \"a|", false)]
    public void Texts_and_comments_are_no_place_for_a_name(string sql, bool inside) =>
        Assert.Equal(inside, SqlText.IsInside(sql.Replace("|", "", StringComparison.Ordinal), sql.IndexOf('|', StringComparison.Ordinal)));
}
