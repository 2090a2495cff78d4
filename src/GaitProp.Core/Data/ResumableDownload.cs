using System.Net;
using System.Net.Http.Headers;

namespace GaitProp.Data;

/// <summary>
/// Receives one file of known length over HTTP into a partial file, and goes on where an earlier attempt, or an earlier process, stopped.
/// </summary>
/// <param name="address">Where the file is.</param>
/// <param name="partFile">The partial file; beside it a second file remembers which version of the file the server sent.</param>
/// <param name="length">Bytes of the whole file.</param>
internal sealed class ResumableDownload(Uri address, string partFile, long length)
{
    private const int BufferSize = 1 << 17;
    private const int Attempts = 5;

    private readonly string _versionFile = partFile + ".version";
    private readonly TransferRate _rate = new();
    private bool _serverAnswered;

    /// <summary>Gets every step forward.</summary>
    public Action<InstallProgress>? Progress { get; init; }

    /// <summary>How long the connection may be silent before it counts as broken.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before an attempt, by how many in a row brought nothing.</summary>
    public Func<int, TimeSpan> Pause { get; init; } = GrowingPause;

    /// <summary>What the user can do where the download does not work.</summary>
    public required string WayOut { get; init; }

    /// <summary>Receives until the partial file has its full length. Its content is not checked here.</summary>
    /// <param name="cancellationToken">Stops; what came in stays for the next time.</param>
    /// <returns>Whether bytes from before this call are part of the file.</returns>
    /// <exception cref="GaitPropException">No network, no such file, another length, a full disk, too many broken connections.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var client = CreateClient();
        var best = PartLength();
        var resumed = best > 0;
        for (var failures = 0; ; )
        {
            if (PartLength() > length)
            {
                Discard();
            }

            if (PartLength() == length)
            {
                return resumed;
            }

            try
            {
                resumed &= await ReceiveAsync(client, cancellationToken).ConfigureAwait(false);
                if (PartLength() == length)
                {
                    return resumed;
                }

                throw new HttpIOException(HttpRequestError.ResponseEnded, "the server closed the connection early");
            }
            catch (Exception e) when (IsTransient(e, cancellationToken))
            {
                failures = PartLength() > best ? 1 : failures + 1;
                best = Math.Max(best, PartLength());
                if (failures >= Attempts || !_serverAnswered)
                {
                    throw GiveUp(e);
                }

                var pause = Pause(failures);
                Progress?.Invoke(
                    new(
                        InstallStep.Waiting,
                        PartLength(),
                        length,
                        Note: Text(
                            $"the connection broke at {ByteCount.Megabytes(PartLength())} ({Reason(e)}); trying again in {pause.TotalSeconds:0} s"
                        )
                    )
                );
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>2, 4, 8, 16 seconds.</summary>
    public static TimeSpan GrowingPause(int failures) => TimeSpan.FromSeconds(1 << failures);

    /// <summary>Deletes what came in.</summary>
    public void Discard() =>
        OnDisk(() =>
        {
            File.Delete(partFile);
            File.Delete(_versionFile);
        });

    private static HttpClient CreateClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20) }, disposeHandler: true)
        {
            // The time of the whole transfer is not limited; silence is (Patience).
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("GaitProp/0.1");
        return client;
    }

    private long PartLength() => new FileInfo(partFile) is { Exists: true } info ? info.Length : 0;

    /// <summary>One request.</summary>
    /// <returns>Whether it went on where the partial file ended.</returns>
    private async Task<bool> ReceiveAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var have = PartLength();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            request.Headers.IfRange = ReadVersion();
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Patience);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        _serverAnswered = true;
        var continues = Continues(response, have);
        if (!continues)
        {
            Discard();
            WriteVersion(response);
        }

        using var part = OpenPart();
        var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        await using var _ = body.ConfigureAwait(false);
        var buffer = new byte[BufferSize];
        var done = part.Position;
        Progress?.Invoke(new(InstallStep.Downloading, done, length, _rate.Add(0)));
        while (done < length)
        {
            silence.CancelAfter(Patience);
            var count = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            OnDisk(() => part.Write(buffer, 0, (int)Math.Min(count, length - done)));
            done = part.Position;
            Progress?.Invoke(new(InstallStep.Downloading, done, length, _rate.Add(count)));
        }

        return continues;
    }

    /// <summary>Judges the head of an answer: true to append its body, false to start the file again with it.</summary>
    private bool Continues(HttpResponseMessage response, long have)
    {
        var status = (int)response.StatusCode;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                CheckLength(response.Content.Headers.ContentLength);
                return false;
            case HttpStatusCode.PartialContent:
                var range = response.Content.Headers.ContentRange;
                CheckLength(range?.Length);
                if (range?.From == have)
                {
                    return true;
                }

                Discard();
                throw new HttpRequestException("the server sent another part of the file than asked for");
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                // The partial file is not the beginning of what the server has now.
                Discard();
                throw new HttpRequestException("the server cannot go on from there, so the download starts again");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests:
            case >= HttpStatusCode.InternalServerError:
                throw new HttpRequestException($"the server answers {status} {response.ReasonPhrase}");
            default:
                throw new GaitPropException($"{address} answers {status} {response.ReasonPhrase}: {WayOut}.");
        }
    }

    private void CheckLength(long? announced)
    {
        if (announced is { } other && other != length)
        {
            throw new GaitPropException(
                $"{address} has {ByteCount.Exact(other)}, not {ByteCount.Digits(length)}: "
                    + $"it is not the official archive (or a login page of the network answers); {WayOut}."
            );
        }
    }

    private RangeConditionHeaderValue? ReadVersion()
    {
        string[] lines = [];
        if (File.Exists(_versionFile))
        {
            OnDisk(() => lines = File.ReadAllLines(_versionFile));
        }

        // Another server names its versions differently; there the md5 sum of the whole decides.
        if (lines.Length != 2 || lines[0] != address.AbsoluteUri)
        {
            return null;
        }

        return RangeConditionHeaderValue.TryParse(lines[1], out var version) ? version : null;
    }

    private void WriteVersion(HttpResponseMessage response)
    {
        // A weak tag must not be used in If-Range.
        var version = response.Headers.ETag is { IsWeak: false } tag
            ? tag.ToString()
            : response.Content.Headers.LastModified?.ToString("R");
        if (version is not null)
        {
            OnDisk(() => File.WriteAllLines(_versionFile, [address.AbsoluteUri, version]));
        }
    }

    private FileStream OpenPart()
    {
        FileStream? part = null;
        OnDisk(() => part = new FileStream(partFile, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
        return part!;
    }

    /// <summary>Keeps a full disk apart from a broken connection: both are an <see cref="IOException"/>.</summary>
    private void OnDisk(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException(
                $"{partFile} cannot be written ({OneLine.Of(e)}): free some space or choose another "
                    + "folder with --to; running again goes on where it stopped.",
                e
            );
        }
    }

    private GaitPropException GiveUp(Exception cause) =>
        new(
            _serverAnswered
                ? $"{address} broke off at {ByteCount.Megabytes(PartLength())} of {ByteCount.Megabytes(length)}, {Attempts} times in a row "
                    + $"({Reason(cause)}): run again later to go on from there, or {WayOut}."
                : $"{address} cannot be reached ({Reason(cause)}): check the network, or {WayOut}.",
            cause
        );

    private static string Reason(Exception e) => e is OperationCanceledException ? "no answer in time" : OneLine.Of(e);

    private static bool IsTransient(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException;
}
