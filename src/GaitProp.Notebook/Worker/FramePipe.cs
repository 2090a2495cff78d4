using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Worker;

/// <summary>JSON objects through a pair of pipes: four bytes of length, then UTF-8. Any thread may send; one receives.</summary>
/// <param name="input">Where they come from.</param>
/// <param name="output">Where they go to.</param>
internal sealed class FramePipe(Stream input, Stream output) : IDisposable
{
    private readonly Lock _gate = new();

    /// <summary>Sends an object; waits while the other side is behind.</summary>
    /// <param name="frame">The object.</param>
    /// <exception cref="IOException">The other side has gone.</exception>
    public void Send(JsonObject frame)
    {
        var bytes = WireFormat.Bytes(frame);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        lock (_gate)
        {
            try
            {
                output.Write(length);
                output.Write(bytes);
                output.Flush();
            }
            catch (ObjectDisposedException e)
            {
                throw new IOException("the pipe is closed", e);
            }
        }
    }

    /// <summary>Waits for the next object; <see langword="null"/> if the other side has gone.</summary>
    public JsonObject? Receive()
    {
        try
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            input.ReadExactly(length);
            var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
            input.ReadExactly(bytes);
            return (JsonObject?)JsonNode.Parse(bytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
    }
}
