using GaitProp.Notebook.Notebooks.Pages;

namespace GaitProp.Notebook.Tests.Notebooks.Pages;

public sealed class InstalledChromiumTests
{
    [Fact]
    public void The_one_that_is_named_comes_first_then_the_path_then_the_usual_places()
    {
        var folder = Path.Combine(Path.GetTempPath(), "bin");
        var (named, onPath) = (
            Path.Combine(folder, "my-browser"),
            Path.Combine(folder, OperatingSystem.IsWindows() ? "chromium.exe" : "chromium")
        );

        Assert.Equal(named, InstalledChromium.Find(name => name == InstalledChromium.Variable ? named : folder, _ => true).Program);
        Assert.Equal(
            onPath,
            InstalledChromium.Find(name => name == "PATH" ? $"{folder}{Path.PathSeparator}elsewhere" : null, file => file == onPath).Program
        );
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(
                "/opt/google/chrome/chrome",
                InstalledChromium.Find(_ => null, file => file == "/opt/google/chrome/chrome").Program
            );
        }
    }

    [Fact]
    public void Where_there_is_none_one_line_says_what_to_do()
    {
        var none = Assert.Throws<NotebookException>(() => InstalledChromium.Find(_ => null, _ => false)).Message;
        Assert.Equal(
            "A PDF is printed by Chromium, Chrome or Edge, and none is installed here: install one (Debian: apt-get install chromium), or set GAITPROP_CHROMIUM to its program; --to html needs none.",
            none
        );
        Assert.Equal(
            "GAITPROP_CHROMIUM names '/none', and there is no such program: set it to that of a Chromium, Chrome or Edge.",
            Assert.Throws<NotebookException>(() => InstalledChromium.Find(_ => "/none", _ => false)).Message
        );
    }

    [Fact]
    public void A_program_that_prints_nothing_is_one_line_with_its_last_words()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("a script of a shell");
            return;
        }

        var script = Path.GetTempFileName();
        try
        {
            File.WriteAllText(script, "#!/bin/sh\necho first >&2\necho 'no display' >&2\nexit 3\n");
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);

            var error = Assert
                .Throws<NotebookException>(() => new InstalledChromium(script).Print("<p>page</p>", TestContext.Current.CancellationToken))
                .Message;

            Assert.Equal(
                $"'{script}' printed no PDF (exit code 3): no display Another browser can be named in GAITPROP_CHROMIUM; --to html needs none.",
                error
            );
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public void A_page_is_printed_whole()
    {
        InstalledChromium? browser = null;
        try
        {
            browser = InstalledChromium.Find();
        }
        catch (NotebookException e)
        {
            Assert.Skip(e.Message);
        }

        var pdf = browser.Print(
            $"<!DOCTYPE html><title>t</title>{string.Concat(Enumerable.Range(1, 200).Select(i => $"<p>line {i}</p>"))}",
            TestContext.Current.CancellationToken
        );

        Assert.True(pdf.AsSpan().StartsWith("%PDF"u8));
        Assert.Contains("%%EOF", System.Text.Encoding.ASCII.GetString(pdf[^20..]), StringComparison.Ordinal);
        var text = System.Text.Encoding.Latin1.GetString(pdf);
        Assert.True(text.Split("/Type /Page\n").Length > 3, "two hundred lines are more than two pages");
    }
}
