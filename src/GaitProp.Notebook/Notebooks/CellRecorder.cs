using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Notebooks;

/// <summary>
/// Writes what a cell makes into its outputs, as Jupyter keeps them: streams in one piece, replaced displays in their place, cleared
/// outputs gone.
/// </summary>
/// <param name="outputs">The cell's outputs.</param>
/// <param name="number">Its execution count.</param>
/// <param name="displays">The notebook's named outputs.</param>
internal sealed class CellRecorder(JsonArray outputs, int number, NotebookDisplays displays) : ICellOutput
{
    private StreamText _stream = new();
    private JsonObject? _streamOutput;
    private bool _clearsNext;

    /// <summary>Bytes that ended streams have left out because they were full.</summary>
    private long _leftOut;

    /// <inheritdoc/>
    public void Write(CellStream stream, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        lock (displays.Gate)
        {
            ClearIfAsked();
            var name = stream == CellStream.Out ? "stdout" : "stderr";
            if (_streamOutput?["name"]!.GetValue<string>() != name)
            {
                EndStream();
                _stream = new StreamText();
                _streamOutput = new JsonObject
                {
                    ["name"] = name,
                    ["output_type"] = "stream",
                    ["text"] = "",
                };
                outputs.Add((JsonNode)_streamOutput);
            }

            _stream.Append(text);
        }
    }

    /// <inheritdoc/>
    public void LeftOut(long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        lock (displays.Gate)
        {
            // In an output of its own: a stream that is full takes no more, and what it left out counts too.
            ClearIfAsked();
            EndStream();
            Write(CellStream.Error, $"\n[… {TextBudget.Words(bytes + _leftOut)} more were not shown]\n");
        }
    }

    /// <inheritdoc/>
    public void Display(MimeBundle bundle, string? displayId = null)
    {
        lock (displays.Gate)
        {
            var (data, metadata) = Forms(bundle);
            if (displayId is not null)
            {
                displays.Replace(displayId, data, metadata);
            }

            var output = new JsonObject
            {
                ["data"] = data,
                ["metadata"] = metadata,
                ["output_type"] = "display_data",
            };
            Add(output);
            if (displayId is not null)
            {
                displays.Name(displayId, output);
            }
        }
    }

    /// <inheritdoc/>
    public void Update(string displayId, MimeBundle bundle)
    {
        lock (displays.Gate)
        {
            var (data, metadata) = Forms(bundle);
            displays.Replace(displayId, data, metadata);
        }
    }

    /// <inheritdoc/>
    public void Clear(bool wait)
    {
        lock (displays.Gate)
        {
            _clearsNext = true;
            if (!wait)
            {
                ClearIfAsked();
            }
        }
    }

    /// <inheritdoc/>
    public void Result(MimeBundle bundle)
    {
        lock (displays.Gate)
        {
            var (data, metadata) = Forms(bundle);
            Add(
                new JsonObject
                {
                    ["data"] = data,
                    ["execution_count"] = number,
                    ["metadata"] = metadata,
                    ["output_type"] = "execute_result",
                }
            );
        }
    }

    /// <inheritdoc/>
    public string Input(string prompt, bool password, CancellationToken cancellation) =>
        throw new CellException(
            "The cell asks for input, and there is nobody to ask: the notebook runs by itself.",
            "StdinNotImplementedError"
        );

    /// <summary>Records how the cell failed.</summary>
    public void Error(CellError error)
    {
        lock (displays.Gate)
        {
            Add(
                new JsonObject
                {
                    ["ename"] = error.Name,
                    ["evalue"] = error.Message,
                    ["output_type"] = "error",
                    ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)JsonValue.Create(line))]),
                }
            );
        }
    }

    /// <summary>Brings the outputs up to what was written so far.</summary>
    public void Settle()
    {
        lock (displays.Gate)
        {
            if (_streamOutput is not null)
            {
                _streamOutput["text"] = _stream.ToString();
            }
        }
    }

    private void Add(JsonObject output)
    {
        ClearIfAsked();
        EndStream();
        outputs.Add((JsonNode)output);
    }

    /// <summary>What is written next begins an output of its own.</summary>
    private void EndStream()
    {
        Settle();
        _leftOut += _streamOutput is null ? 0 : _stream.LeftOut;
        _streamOutput = null;
    }

    private void ClearIfAsked()
    {
        if (_clearsNext)
        {
            (_clearsNext, _streamOutput, _leftOut) = (false, null, 0);
            outputs.Clear();
        }
    }

    private static (JsonObject Data, JsonObject Metadata) Forms(MimeBundle bundle) =>
        (
            new JsonObject(bundle.Data.Select(form => KeyValuePair.Create(form.Key, (JsonNode?)form.Value.DeepClone()))),
            (JsonObject?)bundle.Metadata?.DeepClone() ?? []
        );
}
