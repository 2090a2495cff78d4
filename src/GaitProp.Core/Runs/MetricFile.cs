using System.Text.Json;

namespace GaitProp.Runs;

/// <summary>Reads <c>metrics.jsonl</c> and <c>timing.jsonl</c> line by line, also while they are written.</summary>
internal static class MetricFile
{
    /// <summary>The lines, in order. One that a killed process left unfinished does not count.</summary>
    /// <param name="file">The file; one that is missing has no lines.</param>
    /// <exception cref="GaitPropException">The file cannot be read or a line is damaged; the message names it.</exception>
    public static IEnumerable<MetricLine> Read(string file)
    {
        var content = Content(file);
        var number = 0;
        for (var start = 0; content.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var length; start += length + 1)
        {
            number++;
            yield return Parse(file, number, content.AsSpan(start, length));
        }
    }

    private static MetricLine Parse(string file, int number, ReadOnlySpan<byte> line)
    {
        try
        {
            return MetricLine.Parse(line);
        }
        catch (JsonException e)
        {
            throw new GaitPropException($"{file} is damaged at line {number}: {e.Message}", e);
        }
    }

    private static byte[] Content(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var content = new byte[stream.Length];
            return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) is var read && read == content.Length ? content : content[..read];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {file}: {(e is UnauthorizedAccessException ? "permission denied" : Data.OneLine.Of(e))}.", e);
        }
    }
}
