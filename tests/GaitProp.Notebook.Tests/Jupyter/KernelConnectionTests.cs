using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Jupyter;

namespace GaitProp.Notebook.Tests.Jupyter;

public sealed class KernelConnectionTests
{
    [Fact]
    public async Task A_kernel_that_ends_before_it_answers_has_lost_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sh is of Unix");
        var kernel = new InstalledKernel("dead", "", ["sh", "-c", "exit 3"], new Dictionary<string, string>(), InterruptsByMessage: false);
        var error = await Assert.ThrowsAsync<CellException>(() =>
            KernelConnection.StartAsync(kernel, TestContext.Current.CancellationToken)
        );
        Assert.Contains("'dead' has ended with exit code 3 before it answered; ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("variables", error.Message, StringComparison.Ordinal);
    }
}
