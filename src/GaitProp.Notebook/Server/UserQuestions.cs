using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Server;

/// <summary>Asks users for a line, one question at a time.</summary>
/// <param name="session">Sends the question.</param>
internal sealed class UserQuestions(KernelSession session) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private string? _asked;
    private TaskCompletionSource<string>? _answer;

    /// <summary>Asks the client that runs a cell.</summary>
    /// <param name="request">The request that runs the cell.</param>
    /// <param name="prompt">What to ask.</param>
    /// <param name="password">Whether the answer stays hidden.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="CellException">The client takes no questions.</exception>
    public string Ask(JupyterMessage request, string prompt, bool password, CancellationToken cancellation)
    {
        if (!request.Flag("allow_stdin", true))
        {
            throw NoInput();
        }

        _turn.Wait(cancellation);
        try
        {
            var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _answer = answer;
                _asked = session.Ask(
                    request,
                    new JsonObject { ["prompt"] = prompt, ["password"] = password },
                    () => answer.TrySetException(NoInput())
                );
            }

            using var stop = cancellation.Register(() => answer.TrySetCanceled(cancellation));
            return answer.Task.GetAwaiter().GetResult();
        }
        finally
        {
            lock (_gate)
            {
                _answer = null;
            }

            _turn.Release();
        }
    }

    /// <summary>Takes an answer. One to a question that nobody waits for any more is left aside.</summary>
    /// <param name="message">An <c>input_reply</c>.</param>
    public void Answer(JupyterMessage message)
    {
        lock (_gate)
        {
            // Some front ends do not say which question they answer.
            if (message.ParentId.Length == 0 || message.ParentId == _asked)
            {
                _answer?.TrySetResult(message.Text("value"));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static CellException NoInput() =>
        new(
            "This front end takes no input here: run the cell in a notebook or a console, or write the value into the cell.",
            "StdinNotImplementedError"
        );
}
