using System.IO.Pipelines;
using System.Text;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Tests.Server;
using GaitProp.Notebook.Worker;

namespace GaitProp.Notebook.Tests.Worker;

public sealed class NativeTextTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly StringBuilder _shown = new();

    [Fact]
    public async Task Marks_are_taken_out_and_say_that_all_before_them_was_shown()
    {
        using var text = Read();
        await Write([.. "before 𝛾"u8, .. StreamMarks.Of("word", 3), .. "after"u8]);
        await text.ReachedAsync(3).WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        Assert.StartsWith("before 𝛾", Shown(), StringComparison.Ordinal);
        await _pipe.Writer.CompleteAsync();
        await text.Ended.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("before 𝛾after", Shown());
    }

    [Fact]
    public async Task It_does_not_matter_where_the_bytes_are_torn()
    {
        using var text = Read();
        foreach (
            var piece in (byte[])
                [.. "a𝛾\0b\0word"u8, .. StreamMarks.Of("word", 12), .. "\0wor"u8, .. StreamMarks.Of("word", 13), .. "c\0"u8]
        )
        {
            await Write([piece]);
        }

        await text.ReachedAsync(12).WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        await text.ReachedAsync(13).WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        await _pipe.Writer.CompleteAsync();
        await text.Ended.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("a𝛾\0b\0word\0worc\0", Shown());
    }

    [Fact]
    public async Task Much_text_passes_whole_and_its_end_is_kept()
    {
        using var text = Read();
        var much = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i, 9}\n"));
        foreach (var piece in much.Chunk(70_000))
        {
            await Write(Encoding.UTF8.GetBytes(piece));
        }

        await _pipe.Writer.CompleteAsync();
        await text.Ended.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(much, Shown());
        Assert.EndsWith("   199999\n", text.Tail, StringComparison.Ordinal);
        Assert.InRange(text.Tail.Length, 50_000, 101_000);
    }

    [Fact]
    public async Task However_long_a_stack_is_the_words_of_the_runtime_that_it_follows_are_kept()
    {
        using var text = Read();
        await Write("of the cell\nStack overflow.\n"u8.ToArray());
        var frames = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"   at Submission.F(Int32) {i, 9}\n")));
        for (var i = 0; i < 20; i++)
        {
            await Write(frames);
        }

        await _pipe.Writer.CompleteAsync();
        await text.Ended.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
        var end = new WorkerEnd(134, text.Tail);
        Assert.Contains("stack overflow", end.What, StringComparison.Ordinal);
        Assert.Contains("F(Int32)", string.Join('\n', end.Words), StringComparison.Ordinal);
        Assert.InRange(text.Tail.Length, 50_000, 110_000);
    }

    private NativeText Read() =>
        new(
            _pipe.Reader.AsStream(),
            CellStream.Out,
            "word",
            (_, some) =>
            {
                lock (_shown)
                {
                    _shown.Append(some);
                }
            }
        );

    private string Shown()
    {
        lock (_shown)
        {
            return _shown.ToString();
        }
    }

    private async Task Write(byte[] bytes) => await _pipe.Writer.WriteAsync(bytes);
}
