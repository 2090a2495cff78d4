namespace GaitProp.Notebook.CSharp;

/// <summary>Runs code of a cell such that the stop button stops it.</summary>
internal static class InterruptibleRun
{
    /// <summary>How long code that watches the stop button has to stop by itself.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>The same for code that does not: a task that was given the token ends at once.</summary>
    private static readonly TimeSpan ShortGrace = TimeSpan.FromMilliseconds(100);

    /// <summary>After this time nothing more is tried.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Runs code on threads of its own.</summary>
    /// <param name="cell">The cell that it belongs to.</param>
    /// <param name="body">The code.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="UnstoppableException">It was to be stopped, and goes on.</exception>
    public static async Task RunAsync(CellScope cell, Func<Task> body)
    {
        var threads = new CellThreads(cell);
        var done = threads.Run(body);
        if (!await EndsAsync(done, cell.Interrupt).ConfigureAwait(false))
        {
            await StopAsync(cell, threads, done).ConfigureAwait(false);
        }

        try
        {
            await done.ConfigureAwait(false);
        }
        catch (Exception e) when (cell.Interrupt.IsCancellationRequested && IsStop(e))
        {
            throw new OperationCanceledException("The cell was stopped.", e, cell.Interrupt);
        }
    }

    /// <summary>Whether an exception is a stop, or what code on the way has made of it.</summary>
    private static bool IsStop(Exception e) =>
        e switch
        {
            OperationCanceledException or ThreadInterruptedException => true,
            AggregateException all => all.InnerExceptions.All(IsStop),
            _ => e.InnerException is { } inner && IsStop(inner),
        };

    private static async Task StopAsync(CellScope cell, CellThreads threads, Task done)
    {
        if (await EndsAsync(done, cell.WatchesInterrupt ? Grace : ShortGrace).ConfigureAwait(false))
        {
            return;
        }

        var start = Environment.TickCount64;
        CellStop.Begin(cell);
        try
        {
            while (!threads.AreFree)
            {
                threads.WakeSleepers();
                if (await EndsAsync(done, TimeSpan.FromMilliseconds(20)).ConfigureAwait(false))
                {
                    return;
                }

                if (Environment.TickCount64 - start > Limit.TotalMilliseconds)
                {
                    threads.Close();
                    throw new UnstoppableException();
                }
            }

            threads.Close();
        }
        finally
        {
            // Tasks that the cell started, and code that comes back from where it could not be stopped, end at their next check.
            _ = Task.Run(async () =>
            {
                await Task.Delay(Limit).ConfigureAwait(false);
                await Task.Run(() => threads.Join(Timeout.InfiniteTimeSpan)).ConfigureAwait(false);
                CellStop.End();
            });
        }

        throw new OperationCanceledException("The cell was stopped.", cell.Interrupt);
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit)
    {
        using var wait = new CancellationTokenSource();
        var ended = await Task.WhenAny(task, Task.Delay(limit, wait.Token)).ConfigureAwait(false) == task;
        await wait.CancelAsync().ConfigureAwait(false);
        return ended;
    }

    private static async Task<bool> EndsAsync(Task task, CancellationToken stop)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ended = await Task.WhenAny(task, Task.Delay(Timeout.Infinite, wait.Token)).ConfigureAwait(false) == task;
        await wait.CancelAsync().ConfigureAwait(false);
        return ended;
    }
}

/// <summary>Code was to be stopped, and goes on.</summary>
internal sealed class UnstoppableException()
    : Exception(
        "The cell is in code that cannot be stopped, a long call into a library or into native code: it goes on in the background, and its variables with it. Wait for it, or restart the kernel."
    );
