using GaitProp.Notebook.Protocol;
using GaitProp.Notebook.Tests.Server;

namespace GaitProp.Notebook.Tests.Protocol;

public sealed class KernelSocketsTests
{
    [Fact]
    public void What_comes_before_the_start_waits_for_it()
    {
        using var subscribed = new ManualResetEventSlim();
        var (connection, made) = KernelClient.Listening(free => new KernelSockets(free, (_, _) => { }, _ => subscribed.Set(), _ => { }));
        using var sockets = made;
        using var client = new KernelClient(connection);
        Assert.False(subscribed.Wait(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));

        sockets.Start();
        Assert.True(subscribed.Wait(KernelClient.Patience, TestContext.Current.CancellationToken));
    }
}
