using System.Text.Json.Nodes;
using GaitProp.Results;

namespace GaitProp.Tests.Results;

public sealed class RunConditionTests
{
    private static readonly JsonObject Run = JsonNode
        .Parse("""{ "rule": "ngait", "lambda": 10, "optimizer.lr": 1e-4, "tf32": false, "trainImages": null }""")!
        .AsObject();

    [Theory]
    [InlineData("rule == 'ngait' and lambda >= 10", true)]
    [InlineData("rule == \"ngait\" and lambda > 10", false)]
    [InlineData("rule != 'bp'", true)]
    [InlineData("lambda == 1e1", true)]
    [InlineData("10 <= lambda", true)]
    [InlineData("optimizer.lr < 0.00011", true)]
    [InlineData("rule = 'bp' or lambda < 11 and not rule == 'fa'", true)]
    [InlineData("(rule = 'bp' or lambda < 11) and rule == 'fa'", false)]
    [InlineData("not (rule == 'bp' || !lambda != 10)", false)]
    [InlineData("tf32 == false && trainImages == null", true)]
    [InlineData("trainImages > 0", false)]
    [InlineData("trainImages != 0", true)]
    [InlineData("lambda == '10'", false)]
    [InlineData("rule >= 'm' and rule < 'o'", true)]
    public void It_holds_or_not(string condition, bool holds) => Assert.Equal(holds, RunCondition.Parse(condition).Holds(f => Run[f]));

    [Theory]
    [InlineData("", "at character 1: a field or value is missing")]
    [InlineData("rule ==", "at character 8: a field or value is missing")]
    [InlineData("rule 'bp'", "at character 6: a comparison is missing")]
    [InlineData("rule == 'bp", "at character 9: ''' is not understood")]
    [InlineData("(rule == 'bp'", "at character 14: a ')' is missing")]
    [InlineData("rule == 'bp') ", "at character 13: ')' is one word too many")]
    [InlineData("rule == and", "at character 9: 'and' stands where a field or value must")]
    [InlineData("lambda < 1e999", "at character 10: '1e999' is no finite number")]
    [InlineData("testLoss == nan", "at character 13: 'nan' is no finite number")]
    [InlineData("lambda; drop", "at character 7: ';' is not understood")]
    public void Others_are_one_line(string condition, string said) =>
        Assert.StartsWith(
            $"the condition \"{condition}\" cannot be read {said}",
            Assert.Throws<GaitPropException>(() => RunCondition.Parse(condition)).Message,
            StringComparison.Ordinal
        );
}
