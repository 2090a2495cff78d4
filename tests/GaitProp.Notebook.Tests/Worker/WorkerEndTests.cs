using GaitProp.Notebook.Worker;

namespace GaitProp.Notebook.Tests.Worker;

public sealed class WorkerEndTests
{
    [Theory]
    [InlineData(0, "", "ended itself (exit code 0)")]
    [InlineData(1, "some words", "ended with exit code 1")]
    [InlineData(137, "", "SIGKILL")]
    [InlineData(139, "", "crashed in native code (SIGSEGV)")]
    [InlineData(134, "Stack overflow.\nRepeated 9 times:\n   at F()", "stack overflow (SIGABRT)")]
    [InlineData(134, "Fatal error.\nSystem.AccessViolationException: Attempted", "a pointer that leads nowhere (SIGABRT)")]
    [InlineData(134, "Unhandled exception. System.Exception: x", "no cell could catch")]
    [InlineData(134, "terminate called", "was aborted (SIGABRT)")]
    public void An_end_is_told_in_words(int exit, string said, string words)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        Assert.Contains(words, new WorkerEnd(exit, said).What, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_words_begin_where_the_runtime_begins()
    {
        var frames = string.Join('\n', Enumerable.Range(0, 100).Select(i => $"   at Frame{i}()"));
        var words = new WorkerEnd(134, $"earlier\nStack overflow.\nRepeated 100 times:\n   at F(Int32)\n{frames}").Words;
        Assert.Equal(["Stack overflow.", "Repeated 100 times:", "at F(Int32)"], words.Take(3));
        Assert.Equal(12, words.Count);
        Assert.Equal(["b", "c"], new WorkerEnd(1, "b\nc\n").Words);
        Assert.Equal(
            "half a lineFatal error.",
            new WorkerEnd(134, $"a\nhalf a lineFatal error.\nSystem.AccessViolationException\n{frames}").Words[0]
        );
        Assert.Equal(
            ["Fatal error.", "System.AccessViolationException", "Fatal error. Again"],
            new WorkerEnd(134, "a\nFatal error.\nSystem.AccessViolationException\nFatal error. Again").Words
        );
    }
}
