using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// Frames through a pair of pipes: four bytes of length, then JSON. Any thread may send; one receives. Both do so on their own thread,
/// never on one of the pool's: a cell may keep all of those busy, and still has to be heard and stopped.
/// </summary>
/// <param name="input">Where they come from.</param>
/// <param name="output">Where they go to.</param>
internal sealed class FramePipe(Stream input, Stream output) : IDisposable
{
    /// <summary>Letters of all languages as they are.</summary>
    private static readonly JsonTypeInfo<Frame> Json = new FrameJson(
        new JsonSerializerOptions(FrameJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    ).Frame;

    private readonly Lock _gate = new();

    /// <summary>Sends a frame; waits while the other side is behind.</summary>
    /// <param name="frame">The frame.</param>
    /// <exception cref="IOException">The other side has gone.</exception>
    public void Send(Frame frame)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(frame, Json);
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

    /// <summary>Waits for the next frame; <see langword="null"/> if the other side has gone.</summary>
    public Frame? Receive()
    {
        try
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            input.ReadExactly(length);
            var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
            input.ReadExactly(bytes);
            return JsonSerializer.Deserialize(bytes, Json);
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
