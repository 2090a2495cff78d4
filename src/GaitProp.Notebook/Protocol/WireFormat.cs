using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace GaitProp.Notebook.Protocol;

/// <summary>Messages as the frames that travel: identities, a delimiter, the signature, four JSON dictionaries, buffers.</summary>
internal static class WireFormat
{
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A dictionary without entries.</summary>
    public static byte[] Nothing { get; } = "{}"u8.ToArray();

    /// <summary>
    /// Reads the frames of a message; its buffers are left aside. In its content U+FFFD stands in the place of bytes that are no UTF-8, and
    /// of halves of characters: editors send what somebody has typed, kernels what a program prints, and names of files may be any bytes.
    /// </summary>
    /// <param name="frames">What came in.</param>
    /// <param name="signature">Checks it.</param>
    /// <exception cref="FormatException">It is not a message, or not signed by somebody who knows the key.</exception>
    public static JupyterMessage Read(IReadOnlyList<byte[]> frames, MessageSignature signature)
    {
        var delimiter = 0;
        while (delimiter < frames.Count && !frames[delimiter].AsSpan().SequenceEqual(Delimiter))
        {
            delimiter++;
        }

        if (frames.Count < delimiter + 6)
        {
            throw new FormatException("it is not a Jupyter message");
        }

        var (header, parent, metadata, content) = (
            frames[delimiter + 2],
            frames[delimiter + 3],
            frames[delimiter + 4],
            frames[delimiter + 5]
        );
        if (!signature.IsOf(frames[delimiter + 1], header, parent, metadata, content))
        {
            throw new FormatException("its signature is wrong");
        }

        if (!signature.IsNew(frames[delimiter + 1]))
        {
            throw new FormatException("it was sent before");
        }

        var said = Dictionary(header, "header");
        return new JupyterMessage(
            [.. frames.Take(delimiter)],
            header,
            Text(said, "msg_id") ?? "",
            Text(said, "msg_type") ?? throw new FormatException("its header has no msg_type"),
            Text(Dictionary(parent, "parent header"), "msg_id") ?? "",
            Dictionary(WholeText.Of(content), "content")
        );
    }

    /// <summary>Writes the frames of a message.</summary>
    /// <param name="identities">To whom, or the topic.</param>
    /// <param name="signature">Signs it.</param>
    /// <param name="header">Its header.</param>
    /// <param name="parent">The header of the message that it answers, as it came.</param>
    /// <param name="metadata">What goes beside its content, if there is something.</param>
    /// <param name="content">What it says.</param>
    public static IReadOnlyList<byte[]> Write(
        IEnumerable<byte[]> identities,
        MessageSignature signature,
        JsonObject header,
        byte[] parent,
        JsonObject? metadata,
        JsonObject content
    )
    {
        var (first, third, fourth) = (Bytes(header), metadata is null ? Nothing : Bytes(metadata), Bytes(content));
        return [.. identities, Delimiter, signature.Sign(first, parent, third, fourth), first, parent, third, fourth];
    }

    /// <summary>JSON as UTF-8, letters of all languages as they are.</summary>
    /// <param name="json">The JSON.</param>
    public static byte[] Bytes(JsonNode json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string? Text(JsonObject dictionary, string name)
    {
        try
        {
            return dictionary[name]?.ToString();
        }
        catch (InvalidOperationException e)
        {
            // Half a letter, written as \\ud800.
            throw new FormatException($"its {name} is no text", e);
        }
    }

    private static JsonObject Dictionary(byte[] frame, string name)
    {
        // Bytes that are no text would be found one by one, by whoever asks for them.
        if (!Utf8.IsValid(frame))
        {
            throw new FormatException($"its {name} is no text");
        }

        try
        {
            return JsonNode.Parse(frame, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new FormatException($"its {name} is no dictionary");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or DecoderFallbackException or InvalidOperationException)
        {
            throw new FormatException($"its {name} is not JSON", e);
        }
    }
}
