using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GaitProp.Tests.Data;

/// <summary>An HTTP server on this machine that serves one file and misbehaves on demand.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LocalServer(byte[] content)
    {
        Content = content;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/tiny.tar.gz");

    public byte[] Content { get; set; }

    public string? ETag { get; set; } = "\"one\"";

    /// <summary>Whether Range requests are honoured.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>Bytes of the body after which the connection breaks, by the number of the request (from 0); null to send it all.</summary>
    public Func<int, int?> BreakAfter { get; set; } = _ => null;

    /// <summary>A status to answer with instead, by the number of the request.</summary>
    public Func<int, int?> Status { get; set; } = _ => null;

    /// <summary>The Range and If-Range of each request, such as <c>bytes=100- "one"</c>, empty where there was none.</summary>
    public List<string> Requests { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException) { }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        client.LingerState = new LingerOption(true, 2);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string? range = null,
            ifRange = null;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: ", StringComparison.OrdinalIgnoreCase))
            {
                range = line[7..].Trim();
            }

            if (line.StartsWith("If-Range: ", StringComparison.OrdinalIgnoreCase))
            {
                ifRange = line[10..].Trim();
            }
        }

        var number = Requests.Count;
        Requests.Add($"{range} {ifRange}".Trim());
        var start = range is null || !KnowsRanges || (ifRange is not null && ifRange != ETag) ? 0 : int.Parse(range["bytes=".Length..^1]);
        var status =
            Status(number)
            ?? (
                start == 0 ? 200
                : start >= Content.Length ? 416
                : 206
            );
        var body = status is 200 or 206 ? Content.AsMemory(start) : default;
        var head = new StringBuilder($"HTTP/1.1 {status} Answer\r\nConnection: close\r\nContent-Length: {body.Length}\r\n");
        if (ETag is not null)
        {
            head.Append($"ETag: {ETag}\r\n");
        }

        if (status == 206)
        {
            head.Append($"Content-Range: bytes {start}-{Content.Length - 1}/{Content.Length}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        await stream.WriteAsync(body[..Math.Min(BreakAfter(number) ?? body.Length, body.Length)]);
    }
}
