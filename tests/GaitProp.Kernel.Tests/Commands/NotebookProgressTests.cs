using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Commands;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;
using Spectre.Console;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class NotebookProgressTests
{
    /// <summary>On any machine the first second has passed by then and is shown.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_cell_ends_as_a_line_and_in_a_terminal_its_seconds_are_counted_before(bool terminal)
    {
        using var screen = new Screen(terminal);
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
                Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
                Out = screen,
            }
        );
        var before = "";
        var given = await NotebookProgress.ShowAsync(
            console,
            async progress =>
            {
                progress.Begin(Cell("\n  var x = new int[3];\nx"), 1, 10);
                for (var watch = Stopwatch.StartNew(); terminal && watch.Elapsed < Patience && !CountsSeconds(screen.Text); )
                {
                    await Task.Delay(100, TestContext.Current.CancellationToken);
                }

                before = screen.Text;
                progress.End(CellStatus.Ok, TimeSpan.FromSeconds(1.5));
                progress.Begin(Cell("bad"), 2, 10);
                progress.End(CellStatus.Error, TimeSpan.FromSeconds(75));
                return 42;
            }
        );
        Assert.Equal(42, given);
        Assert.Equal(terminal, before.Contains("[ 1/10] var x = new int[3];", StringComparison.Ordinal));
        Assert.Equal(terminal, CountsSeconds(before));
        Assert.Contains($"  [ 1/10] {"var x = new int[3];", -60}     1.5 s", screen.Text, StringComparison.Ordinal);
        Assert.Contains($"  [ 2/10] {"bad", -60}      1:15  failed", screen.Text, StringComparison.Ordinal);
        Assert.Equal(terminal, screen.Text.Contains('\u001b', StringComparison.Ordinal));
    }

    /// <summary>Whether the time of a cell is shown and has gone beyond its beginning: a busy machine may miss the first second.</summary>
    private static bool CountsSeconds(string text) => Regex.IsMatch(text, "00:(00:0[1-9]|00:[1-5][0-9]|0[1-9]:[0-5][0-9])");

    private static NotebookCell Cell(string source) =>
        new(
            new JsonObject
            {
                ["cell_type"] = "code",
                ["source"] = source,
                ["id"] = "a",
                ["metadata"] = new JsonObject(),
            },
            NotebookCell.CSharp
        );

    private sealed class Screen(bool terminal) : IAnsiConsoleOutput, IDisposable
    {
        private readonly StringWriter _text = new();
        private TextWriter? _writer;

        public TextWriter Writer => _writer ??= TextWriter.Synchronized(_text);

        public bool IsTerminal => terminal;

        public int Width => 120;

        public int Height => 30;

        public string Text
        {
            get
            {
                // Its own lock.
                lock (Writer)
                {
                    return _text.ToString();
                }
            }
        }

        public void SetEncoding(Encoding encoding) { }

        public void Dispose()
        {
            _text.Dispose();
            _writer?.Dispose();
        }
    }
}
