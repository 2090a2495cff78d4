using GaitProp.Kernel.Commands;
using GaitProp.Kernel.Terminal;
using Spectre.Console;

namespace GaitProp.Kernel.Tests.Terminal;

public sealed class VisibleWordsTests : IDisposable
{
    /// <summary>
    /// Clears a screen, sets a window's title, asks for an answer that is typed for the user; also by the one-byte form, and with a bell.
    /// </summary>
    private const string Hostile = "a\u001b[2Jb\u001b]0;title\ac\u009b6nd\re\u007ff";

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Control_characters_stand_there_as_their_pictures()
    {
        Assert.Equal("a␛[2Jb␛]0;title␇c\ufffd6nd␍e␡f", VisibleText.Of(Hostile));
        Assert.Equal("line\n\tline", VisibleText.Of("line\n\tline"));
        Assert.Equal("a␛[2J b", new GaitPropException("a\u001b[2J\nb").Message);
    }

    [Fact]
    public void What_a_console_draws_is_visible_and_its_own_commands_pass()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.Standard,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        using (VisibleWords.On(console))
        {
            console.Write(new Text("\u001b[31mred", new Style(Color.Blue)));
        }

        Assert.Contains("␛[31mred", writer.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("\u001b[", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[31mred", writer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runs", "list")]
    [InlineData("runs", "show", "last")]
    [InlineData("runs", "compare", "last")]
    [InlineData("runs", "resume", "last")]
    public async Task Verbs_show_no_control_character_of_a_file(params string[] verb)
    {
        var run = Directory.CreateDirectory(Path.Combine(_folder, "experiment", "bp-s1-20261123-170000")).FullName;
        var quoted = System.Text.Json.JsonSerializer.Serialize(Hostile);
        File.WriteAllText(
            Path.Combine(run, "run.json"),
            $$"""
            {
              "schema": "gaitprop-run/1", "name": {{quoted}}, "status": "failed", "error": {{quoted}}, "started": "2026-11-23T17:00:00+01:00",
              "experiment": { "name": {{quoted}}, "network": {{quoted}}, "rule": "bp", "preset": {{quoted}}, "epochs": 3, "seed": 1, "other": {{quoted}} },
              "data": { "name": {{quoted}}, "source": {{quoted}}, "embedded": true, "standsInFor": {{quoted}}, "train": 1, "test": 1 },
              "layers": [{ "name": {{quoted}}, "inputs": 3, "outputs": 2, "keep": 2, "auxiliary": "none", "parameters": 8 }],
              "environment": { "version": {{quoted}}, "torchSharp": "1", "libTorch": "2", "device": "cpu", "processor": {{quoted}}, "threads": 1, "system": {{quoted}} }
            }
            """
        );
        File.WriteAllText(
            Path.Combine(run, "metrics.jsonl"),
            """{"kind":"epoch","epoch":0,"step":0,"trainLoss":2.5,"trainAccuracy":0.1,"testLoss":2.75,"testAccuracy":0.125,"defects":[0.5]}"""
                + "\n"
        );
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 1000;

        await CommandLine.RunAsync(
            [.. verb, "--runs", _folder],
            new CommandContext(console, console, _ => { }),
            TestContext.Current.CancellationToken
        );

        Assert.NotEmpty(writer.ToString());
        Assert.Equal(verb[1] is not "resume", writer.ToString().Contains("␛[2J", StringComparison.Ordinal));
        Assert.DoesNotContain(writer.ToString(), c => char.IsControl(c) && c is not ('\n' or '\r'));
        Assert.DoesNotContain("d\re", writer.ToString(), StringComparison.Ordinal);
    }
}
