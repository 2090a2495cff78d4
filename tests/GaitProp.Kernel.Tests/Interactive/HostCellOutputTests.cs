using GaitProp.Kernel.Interactive;
using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;

namespace GaitProp.Kernel.Tests.Interactive;

/// <summary>The library takes the process's console for every command.</summary>
[Collection(Alone.Name)]
public sealed class HostCellOutputTests
{
    [Fact]
    public async Task A_line_that_follows_another_at_once_is_told_though_nothing_comes_after_it()
    {
        var speaking = new SpeakingKernel();
        using var root = new CompositeKernel { speaking };
        using var heard = root.KernelEvents.Subscribe(speaking);
        var result = await root.SendAsync(new SubmitCode("speak", targetKernelName: speaking.Name), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(result.Events, e => e is CommandFailed);
        Assert.Equal("one\ntwo\n", speaking.Said);
    }

    /// <summary>A language that says two lines and waits until both were heard.</summary>
    private sealed class SpeakingKernel()
        : Microsoft.DotNet.Interactive.Kernel("speaking"),
            IKernelCommandHandler<SubmitCode>,
            IObserver<KernelEvent>
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Said { get; private set; } = "";

        public async Task HandleAsync(SubmitCode command, KernelInvocationContext context)
        {
            var output = new HostCellOutput(context);
            output.Write(CellStream.Out, "one\n");
            output.Write(CellStream.Out, "two\n");
            await _heard.Task.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void OnNext(KernelEvent value)
        {
            if (value is StandardOutputValueProduced said)
            {
                Said += string.Concat(said.FormattedValues.Select(f => f.Value));
                if (Said.EndsWith("two\n", StringComparison.Ordinal))
                {
                    _heard.TrySetResult();
                }
            }
        }
    }
}
