using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Kernel.Jupyter;

namespace GaitProp.Kernel.Tests.Jupyter;

public sealed class VsCodeSettingsTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\n}\n")]
    [InlineData("{ \"a\": 1 }")]
    [InlineData("{\n    \"a\": 1\n}\n")]
    [InlineData("{\r\n    \"a\": 1,\r\n}\r\n")]
    [InlineData(
        "// mine, of course\n{\n    \"a\": { \"b\": [1, 2] } // last, but not least\n    // \"jupyter.completionTriggerCharacters\": {}\n}\n// end"
    )]
    [InlineData("{\n    \"a\": \"} // no\", /* and, */ \"b\": [ ] /* , */\n}")]
    [InlineData("{\n    \"a\": 1 /* x */ , // y\n}")]
    [InlineData("{ /* nothing, yet */ }")]
    [InlineData("{ \"a\": \"ä\" /* ü */ }")]
    public void The_setting_is_added_and_every_other_character_stays(string text)
    {
        var added = VsCodeSettings.Added(text)!;

        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var before = text.Length == 0 ? [] : JsonNode.Parse(text, documentOptions: options)!.AsObject();
        var after = JsonNode.Parse(added, documentOptions: options)!.AsObject();
        Assert.Equal("""["."," ","#","("]""", after[VsCodeSettings.Key]!["csharp"]!.ToJsonString());
        after.Remove(VsCodeSettings.Key);
        Assert.True(JsonNode.DeepEquals(before, after), added);

        // What was there is there in its order, and comments stand behind what they stood behind.
        var rest = added.Replace(VsCodeSettings.Line, "", StringComparison.Ordinal);
        Assert.Equal(
            Signs(text).Replace(",", "", StringComparison.Ordinal),
            Signs(rest).Replace(",", "", StringComparison.Ordinal).Replace(text.Length == 0 ? "{}" : "\0", "", StringComparison.Ordinal)
        );
        Assert.Null(VsCodeSettings.Added(added));

        static string Signs(string s) => string.Concat(s.Where(c => !char.IsWhiteSpace(c)));
    }

    [Theory]
    [InlineData("{ \"KEY\": {\"python\":[\".\"]} }", "{ \"KEY\": {\"python\":[\".\"], \"csharp\": [\".\", \" \", \"#\", \"(\"]} }")]
    [InlineData(
        "{\n  // mine\n  \"KEY\": {\n    \"python\": [\".\"], // of Python\n  },\n  \"a\": 1\n}\n",
        "{\n  // mine\n  \"KEY\": {\n    \"python\": [\".\"], // of Python\n    \"csharp\": [\".\", \" \", \"#\", \"(\"]\n  },\n  \"a\": 1\n}\n"
    )]
    [InlineData("{\r\n\t\"KEY\": {\r\n\t}\r\n}", "{\r\n\t\"KEY\": {\r\n\t    \"csharp\": [\".\", \" \", \"#\", \"(\"]\r\n\t}\r\n}")]
    [InlineData("{ \"KEY\": /* none */ {} }", "{ \"KEY\": /* none */ { \"csharp\": [\".\", \" \", \"#\", \"(\"]} }")]
    public void The_language_joins_others_that_the_setting_names(string text, string expected)
    {
        var added = VsCodeSettings.Added(text.Replace("KEY", VsCodeSettings.Key, StringComparison.Ordinal));

        Assert.Equal(expected.Replace("KEY", VsCodeSettings.Key, StringComparison.Ordinal), added);
        Assert.Null(VsCodeSettings.Added(added!));
    }

    [Theory]
    [InlineData("{ \"jupyter.completionTriggerCharacters\": [\".\"] }")]
    [InlineData("[1]")]
    [InlineData("{ \"a\": ")]
    [InlineData("words")]
    public void What_is_no_object_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => VsCodeSettings.Added(text));

    [Fact]
    public void Installing_says_the_line_and_writes_it_where_it_is_told_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the XDG folders are of Linux");
        (string, string)[] here = [("XDG_CONFIG_HOME", _program["config"])];

        Assert.Contains(VsCodeSettings.Line, Install(), StringComparison.Ordinal);
        Assert.Contains(
            "there is no settings.json",
            _program.RunIn(here, "jupyter", "install", "--prefix", "env", "--vscode-settings").OneErrorLine(),
            StringComparison.Ordinal
        );

        Directory.CreateDirectory(_program["config", "Code", "User"]);
        var file = _program["config", "Code", "User", "settings.json"];
        File.WriteAllText(file, "{\n    // mine\n    \"a\": 1\n}\n");
        Assert.Contains($"adds it to {file}", Install(), StringComparison.Ordinal);
        Assert.Contains($"Added {VsCodeSettings.Key} to {file}", Install("--vscode-settings"), StringComparison.Ordinal);
        Assert.Equal($"{{\n    // mine\n    \"a\": 1,\n    {VsCodeSettings.Line}\n}}\n", File.ReadAllText(file));
        Assert.Contains($"{file} has {VsCodeSettings.Key}", Install("--vscode-settings"), StringComparison.Ordinal);

        File.WriteAllText(file, "{ \"a\": ");
        Assert.Contains(
            "was left as it is",
            _program.RunIn(here, "jupyter", "install", "--prefix", "env", "--vscode-settings").OneErrorLine(),
            StringComparison.Ordinal
        );
        Assert.Equal("{ \"a\": ", File.ReadAllText(file));

        string Install(params string[] more)
        {
            var finished = _program.RunIn(here, ["jupyter", "install", "--prefix", "env", .. more]);
            Assert.Equal((0, ""), (finished.ExitCode, finished.Error));
            return finished.Output;
        }
    }
}
