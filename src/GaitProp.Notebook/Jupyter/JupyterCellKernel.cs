using System.Globalization;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Languages;
using GaitProp.Notebook.Protocol;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace GaitProp.Notebook.Jupyter;

/// <summary>The language of a kernel of Jupyter.</summary>
internal sealed class JupyterCellKernel
    : LanguageKernel,
        IKernelCommandHandler<RequestCompletions>,
        IKernelCommandHandler<RequestHoverText>,
        IValueKernel
{
    private const string Python = "python";

    /// <summary>How long editors wait for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What Python's kernel takes for the end of its input: the question then fails with <c>EOFError</c>.</summary>
    private const string EndOfInput = "\u0004";

    /// <summary>How often another kernel is told that nobody answers its question.</summary>
    private const int Most = 5;

    /// <summary>How long it gets to give up.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    /// <summary>After what time a kernel that has not begun yet is told again to stop.</summary>
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(2);

    private readonly KernelConnection _connection;
    private readonly Func<object, object> _plain;
    private bool _hasHelpers;

    /// <summary>Cells under way: until they have ended the kernel answers nothing else.</summary>
    private int _running;

    /// <summary>A language.</summary>
    /// <param name="name">Its name among the languages.</param>
    /// <param name="kernel">Where the kernel is from.</param>
    /// <param name="connection">The kernel.</param>
    /// <param name="plain">An array in the place of a value that is one in another form.</param>
    public JupyterCellKernel(string name, InstalledKernel kernel, KernelConnection connection, Func<object, object> plain)
        : base(name, connection.Language, $"{connection.Language} from here on, run by the Jupyter kernel '{kernel.Name}'.")
    {
        (_connection, _plain) = (connection, plain);
        RegisterForDisposal(() => connection.DisposeAsync().AsTask().GetAwaiter().GetResult());
        this.UseValueSharing().UseVariableLists();
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(LanguagePart part)
    {
        part.Stop.ThrowIfCancellationRequested();
        var cell = part.Cell ?? throw new CellException("Kernels of Jupyter run in the kit's own host.");
        var shown = false;
        var begun = false;
        CellError? failure = null;
        Exception? unanswered = null;
        var answered = new TaskCompletionSource();
        var request = new JsonObject
        {
            ["code"] = part.Code,
            ["silent"] = false,
            ["store_history"] = true,
            ["user_expressions"] = new JsonObject(),
            ["allow_stdin"] = true,
            ["stop_on_error"] = true,
        };
        JupyterMessage answer;
        Interlocked.Increment(ref _running);
        try
        {
            var asked = _connection.AskAsync("execute_request", request, Told, part.Stop);
            using var stopped = part.Stop.Register(() => _ = InterruptAsync(asked, () => begun));
            answer = await asked.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            answered.SetResult();
        }

        part.Stop.ThrowIfCancellationRequested();
        if (unanswered is not null && answer.Text("status") == "error")
        {
            throw unanswered;
        }

        if (answer.Text("status") == "error")
        {
            failure ??= new CellError(answer.Text("ename"), answer.Text("evalue"), [$"{answer.Text("ename")}: {answer.Text("evalue")}"]);
            throw new CellException(failure.Message, failure.Name) { Shown = failure };
        }

        void Told(JupyterMessage message)
        {
            switch (message.Type)
            {
                case "execute_input":
                    begun = true;
                    break;
                case "stream":
                    cell.Output.Write(message.Text("name") == "stderr" ? CellStream.Error : CellStream.Out, message.Text("text"));
                    break;
                case "execute_result" when part.IsLast && !shown:
                    shown = true;
                    cell.Output.Result(Bundle(message));
                    break;
                case "display_data" or "execute_result":
                    cell.Output.Display(Bundle(message), DisplayId(message));
                    break;
                case "update_display_data" when DisplayId(message) is { } id:
                    cell.Output.Update(id, Bundle(message));
                    break;
                case "clear_output":
                    cell.Output.Clear(message.Flag("wait", false));
                    break;
                case "error":
                    var lines = (message.Content["traceback"] as JsonArray ?? [])
                        .SelectMany(l => (l?.ToString() ?? "").Split('\n'))
                        .ToArray();
                    failure = new CellError(
                        message.Text("ename"),
                        message.Text("evalue").ReplaceLineEndings(" "),
                        lines.Length > 0 ? lines : [$"{message.Text("ename")}: {message.Text("evalue")}"]
                    );
                    break;
                case "input_request":
                    // Not on the thread that messages come on: the user takes his time.
                    _ = Task.Run(() => Ask(message), CancellationToken.None);
                    break;
            }
        }

        void Ask(JupyterMessage question)
        {
            try
            {
                _connection.Answer(cell.Output.Input(question.Text("prompt"), question.Flag("password", false), part.Stop));
            }
#pragma warning disable CA1031 // The cell's own, told when the kernel has given up its question.
            catch (Exception e)
#pragma warning restore CA1031
            {
                unanswered = e;
                if (_connection.Language == Python)
                {
                    _connection.Answer(EndOfInput);
                    return;
                }

                // One that has only begun to wait may lose the first of them.
                for (var i = 0; i < Most && !answered.Task.Wait(i == 0 ? TimeSpan.Zero : Again); i++)
                {
                    _connection.Interrupt();
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task HandleAsync(RequestCompletions command, KernelInvocationContext context)
    {
        var (code, at) = Place(command);
        if (
            await AskSoonAsync("complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = CodePoints.Before(code, at) })
                .ConfigureAwait(false)
                is not { } answer
            || answer.Text("status") != "ok"
        )
        {
            return;
        }

        var start = CodePoints.ToIndex(code, answer.Number("cursor_start"));
        var kinds =
            answer
                .Content["metadata"]
                ?["_jupyter_types_experimental"]?.AsArray()
                .Where(t => t?["text"] is not null)
                .DistinctBy(t => t!["text"]!.ToString())
                .ToDictionary(t => t!["text"]!.ToString(), t => t!["type"]?.ToString() ?? "")
            ?? [];
        context.Publish(
            new CompletionsProduced(
                [
                    .. (answer.Content["matches"]?.AsArray() ?? [])
                        .Select(m => m!.ToString())
                        .Select(m => new CompletionItem(
                            m,
                            kinds.GetValueOrDefault(m) is { Length: > 0 } kind && kind != "<unknown>" ? kind : "value"
                        )),
                ],
                command,
                new LinePositionSpan(
                    command.LinePosition with
                    {
                        Character = Math.Max(0, command.LinePosition.Character - Math.Max(0, at - start)),
                    },
                    command.LinePosition
                )
            )
        );
    }

    /// <inheritdoc/>
    public async Task HandleAsync(RequestHoverText command, KernelInvocationContext context)
    {
        var (code, at) = Place(command);
        if (
            await AskSoonAsync(
                    "inspect_request",
                    new JsonObject
                    {
                        ["code"] = code,
                        ["cursor_pos"] = CodePoints.Before(code, at),
                        ["detail_level"] = 0,
                    }
                )
                .ConfigureAwait(false)
                is { } answer
            && answer.Flag("found", false)
            && answer.Content["data"] is JsonObject data
        )
        {
            context.Publish(
                new HoverTextProduced(
                    command,
                    [.. data.Select(d => new FormattedValue(d.Key, d.Value?.ToString() ?? ""))],
                    new LinePositionSpan(command.LinePosition, command.LinePosition)
                )
            );
        }
    }

    /// <inheritdoc/>
    public async Task HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        var stop = SharedForms.Stop(context);
        var names =
            _connection is { Language: Python, IsAlive: true }
            && await EvaluateAsync(PythonValues.Names, "", stop).ConfigureAwait(false) is Dictionary<string, object?> found
                ? found
                : [];
        context.Publish(
            new ValueInfosProduced(
                [
                    .. names.Select(n => new KernelValueInfo(
                        n.Key,
                        new FormattedValue(PlainTextFormatter.MimeType, $"{n.Value}"),
                        typeName: $"{n.Value}"
                    )),
                ],
                command
            )
        );
    }

    /// <inheritdoc/>
    public async Task HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        OnlyPython(command.Name);
        var stop = SharedForms.Stop(context);
        if (command.MimeType.StartsWith("text/", StringComparison.Ordinal))
        {
            // For people: a list of variables.
            context.Publish(
                new ValueProduced(
                    null,
                    command.Name,
                    new FormattedValue(
                        command.MimeType,
                        $"{await EvaluateAsync(PythonValues.Shown(command.Name), "", stop).ConfigureAwait(false)}"
                    ),
                    command
                )
            );
            return;
        }

        await SharedForms
            .SaidAsync(async () =>
            {
                using var passing = new PassingFile();
                try
                {
                    var file = passing.Path;
                    var value = await EvaluateAsync(PythonValues.Get(command.Name, file), file, stop).ConfigureAwait(false);
                    context.Publish(new ValueProduced(value, command.Name, SharedForms.Of(value, command.MimeType, _plain), command));
                }
                catch (Exception e) when (e is CellException or FormatException)
                {
                    throw new CellException(
                        $"'{command.Name}' of {Name} has no counterpart in other languages: {e.Message.TrimEnd('.')}.",
                        "ValueError"
                    );
                }
            })
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task HandleAsync(SendValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(async () =>
        {
            OnlyPython(command.Name);
            var stop = SharedForms.Stop(context);
            if (SharedForms.Object(command) is { } sent)
            {
                await SetAsync(command.Name, _plain(sent), stop).ConfigureAwait(false);
                return;
            }

            await SetValueAsync(
                    command,
                    context,
                    (name, value, _) =>
                        SetAsync(name, value is System.Text.Json.JsonDocument json ? JsonValues.Of(json.RootElement) : value, stop)
                )
                .ConfigureAwait(false);
        });

    private static (string Code, int At) Place(LanguageServiceCommand command)
    {
        var code = CellMask.Off(command.Code);
        var lines = code.Split('\n');
        return (
            code,
            Math.Clamp(lines.Take(command.LinePosition.Line).Sum(l => l.Length + 1) + command.LinePosition.Character, 0, code.Length)
        );
    }

    private static string? DisplayId(JupyterMessage message) => (message.Content["transient"] as JsonObject)?["display_id"]?.ToString();

    private static MimeBundle Bundle(JupyterMessage message)
    {
        var forms = new Dictionary<string, JsonNode>();
        foreach (var (mime, form) in message.Content["data"] as JsonObject ?? [])
        {
            if (form is not null)
            {
                forms[mime] = form.DeepClone();
            }
        }

        return new MimeBundle(forms, message.Content["metadata"] is JsonObject { Count: > 0 } hints ? (JsonObject)hints.DeepClone() : null);
    }

    private async Task<JupyterMessage?> AskSoonAsync(string type, JsonObject content)
    {
        if (!_connection.IsAlive || Volatile.Read(ref _running) > 0)
        {
            return null;
        }

        var asked = _connection.AskAsync(type, content);
        return await Task.WhenAny(asked, Task.Delay(Patience)).ConfigureAwait(false) == asked ? await asked.ConfigureAwait(false) : null;
    }

    /// <summary>
    /// Presses the kernel's stop button, and again until it has met what is to stop: a kernel that has not begun yet does not notice.
    /// </summary>
    /// <param name="asked">What is to stop.</param>
    /// <param name="hasBegun">Whether the kernel has said that it runs it. Then it hears, and may take its time to stop.</param>
    private async Task InterruptAsync(Task asked, Func<bool> hasBegun)
    {
        bool hears;
        do
        {
            hears = hasBegun();
            _connection.Interrupt();
        } while (!hears && await Task.WhenAny(asked, Task.Delay(Repeat)).ConfigureAwait(false) != asked);
    }

    private async Task SetAsync(string name, object? value, CancellationToken stop)
    {
        using var file = new PassingFile();
        await SilentAsync(PythonValues.Set(name, value, file.Path), null, stop).ConfigureAwait(false);
    }

    private async Task<object?> EvaluateAsync(string expression, string file, CancellationToken stop)
    {
        var result = (await SilentAsync("", expression, stop).ConfigureAwait(false)).Content["user_expressions"]?["value"];
        return result?["status"]?.ToString() == "ok" && result["data"]?["text/plain"]?.ToString() is { } text
            ? PythonValues.Value(text, file)
            : throw new CellException($"{result?["ename"]}: {result?["evalue"]}".ReplaceLineEndings(" "), "ValueError");
    }

    /// <summary>Runs something that leaves no trace in the history.</summary>
    private async Task<JupyterMessage> SilentAsync(string code, string? expression, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (!_hasHelpers)
        {
            code = $"{PythonValues.Helpers}\n{code}";
        }

        var asked = _connection.AskAsync(
            "execute_request",
            new JsonObject
            {
                ["code"] = code,
                ["silent"] = true,
                ["store_history"] = false,
                ["user_expressions"] = expression is null ? [] : new JsonObject { ["value"] = expression },
                ["allow_stdin"] = false,
                ["stop_on_error"] = false,
            },
            stop: stop
        );
        using var stopped = stop.Register(() =>
        {
            // Whoever gives up a question while a cell runs does not stop that cell.
            if (Volatile.Read(ref _running) == 0)
            {
                _ = InterruptAsync(asked, () => false);
            }
        });
        var answer = await asked.ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        if (answer.Text("status") == "error")
        {
            throw new CellException(
                string.Create(CultureInfo.InvariantCulture, $"{Name}: {answer.Text("ename")}: {answer.Text("evalue")}")
                    .ReplaceLineEndings(" "),
                "ValueError"
            );
        }

        _hasHelpers = true;
        return answer;
    }

    private void OnlyPython(string name)
    {
        if (_connection.Language != Python)
        {
            throw new CellException(
                $"'{name}' cannot be shared: values go to and from kernels of Python, and {Name} has {_connection.Language}.",
                "ValueError"
            );
        }
    }
}
