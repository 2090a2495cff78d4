using System.CommandLine;
using System.Text;
using System.Text.Json;
using GaitProp.Kernel.CellCommands;
using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Interactive;

/// <summary>A cell of .NET Interactive as the place where a command's output goes.</summary>
/// <param name="context">The cell.</param>
internal sealed class HostCellOutput(KernelInvocationContext context) : ICellOutput
{
    /// <summary>How help begins the line of a command's use: with the host's program, which is not ours.</summary>
    private static readonly string Program = $"{RootCommand.ExecutableName} ";

    /// <summary>How long lines are gathered.</summary>
    private const int Gathering = 100;

    private readonly Lock _gate = new();
    private readonly StringBuilder _held = new();
    private CellStream _stream;
    private long _told;
    private bool _willFlush;

    /// <inheritdoc/>
    public void Write(CellStream stream, string text)
    {
        lock (_gate)
        {
            // Each piece becomes an output of the cell: pieces are told in lines, and lines that come at once together.
            if (stream != _stream)
            {
                Flush();
            }

            _stream = stream;
            _held.Append(text.StartsWith(Program, StringComparison.Ordinal) ? GaitPropMagic.Name + text[(Program.Length - 1)..] : text);
            if (!text.EndsWith('\n'))
            {
                return;
            }

            if (Environment.TickCount64 - _told > Gathering)
            {
                Flush();
            }
            else if (!_willFlush)
            {
                // It may be the last for a long time.
                _willFlush = true;
                _ = Task.Delay(Gathering).ContinueWith(_ => FlushGathered(), TaskScheduler.Default);
            }
        }
    }

    /// <summary>Tells what is held back.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_held.Length == 0)
            {
                return;
            }

            FormattedValue[] text = [new(MimeBundle.PlainText, _held.ToString())];
            context.Publish(
                _stream == CellStream.Error
                    ? new StandardErrorValueProduced(context.Command, text)
                    : new StandardOutputValueProduced(context.Command, text)
            );
            _held.Clear();
            _told = Environment.TickCount64;
        }
    }

    /// <inheritdoc/>
    public void Display(MimeBundle bundle, string? displayId = null)
    {
        lock (_gate)
        {
            Flush();
            context.Publish(new DisplayedValueProduced(null, context.Command, Forms(bundle), displayId ?? Guid.NewGuid().ToString("N")));
        }
    }

    /// <inheritdoc/>
    public void Update(string displayId, MimeBundle bundle)
    {
        lock (_gate)
        {
            Flush();
            context.Publish(new DisplayedValueUpdated(null, displayId, context.Command, Forms(bundle)));
        }
    }

    /// <inheritdoc/>
    public void Clear(bool wait) => throw new CellException("This host cannot clear a cell.");

    /// <inheritdoc/>
    public void Result(MimeBundle bundle) => Display(bundle);

    /// <inheritdoc/>
    public string Input(string prompt, bool password, CancellationToken cancellation) =>
        throw new CellException("This host takes no input here: give the value as a word of the command.");

    private void FlushGathered()
    {
        lock (_gate)
        {
            _willFlush = false;
            Flush();
        }
    }

    private static FormattedValue[] Forms(MimeBundle bundle) =>
        [
            .. bundle.Data.Select(f => new FormattedValue(
                f.Key,
                f.Value.GetValueKind() == JsonValueKind.String ? f.Value.GetValue<string>() : f.Value.ToJsonString()
            )),
        ];
}
