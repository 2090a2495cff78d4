using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Tests.CSharp;

public sealed class ScriptSessionTests
{
    [Fact]
    public async Task Types_stay_the_same_from_cell_to_cell_whatever_else_compiles_at_that_moment()
    {
        for (var round = 0; round < 4; round++)
        {
            // Nobody has looked at these references yet: the first compilations meet there, as a first cell, the warm-up and completion do.
            var references = ScriptReferences.Load();
            ScriptSession[] sessions = [.. Enumerable.Range(0, 4).Select(_ => new ScriptSession(GaitPropKit.Kit, references))];
            using var start = new Barrier(sessions.Length);
            await Task.WhenAll(
                sessions.Select(session =>
                    Task.Factory.StartNew(
                            () =>
                            {
                                start.SignalAndWait();
                                return Run(session, "torch.Tensor t = null; GaitProp.Notebook.CSharp.DisplayedValue d = null;");
                            },
                            TestContext.Current.CancellationToken,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                        .Unwrap()
                )
            );
            foreach (var session in sessions)
            {
                await Run(session, "TorchSharp.torch.Tensor again = t; GaitProp.Notebook.CSharp.DisplayedValue other = d;");
                session.Compile("display(t, \"text/plain\");", "next", TestContext.Current.CancellationToken);
            }
        }
    }

    private static Task<object?> Run(ScriptSession session, string code) =>
        session.RunAsync(session.Compile(code, "cell", TestContext.Current.CancellationToken));
}
