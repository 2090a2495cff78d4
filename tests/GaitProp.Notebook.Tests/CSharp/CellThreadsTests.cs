using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Tests.CSharp;

public sealed class CellThreadsTests
{
    /// <summary>
    /// Two continuations come before the first thread is awake; the one that it takes waits for the other. Another thread has to take that.
    /// </summary>
    [Fact]
    public async Task What_came_together_does_not_wait_for_itself()
    {
        for (var i = 0; i < 50; i++)
        {
            using var second = new ManualResetEventSlim();
            var threads = new CellThreads(new CellScope(new CellScopes(), new NoOutput(), TestContext.Current.CancellationToken));
            var (free, came) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
            var cell = threads.Run(async () =>
            {
                free.SetResult();
                await came.Task.ConfigureAwait(false);
            });
            await free.Task;
            Assert.True(SpinWait.SpinUntil(() => threads.AreFree, TimeSpan.FromMinutes(1)));

            threads.Post(_ => came.SetResult(second.Wait(TimeSpan.FromMinutes(1))), null);
            threads.Post(_ => second.Set(), null);

            Assert.True(await came.Task);
            await cell;
        }
    }
}
