using System.Text.Json;
using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>Reads <c>metrics.jsonl</c> and <c>timing.jsonl</c> line by line, also while they are written.</summary>
internal static class MetricFile
{
    private delegate MetricLine Parser(ReadOnlySpan<byte> line);

    /// <summary>The lines of <c>metrics.jsonl</c>, in order. One that a killed process left unfinished does not count.</summary>
    /// <param name="folder">The run's folder; if the file is missing there are no lines.</param>
    /// <exception cref="GaitPropException">The file cannot be read or a line is damaged; the message names it.</exception>
    public static IEnumerable<MetricLine> Metrics(string folder) => Read(Path.Combine(folder, "metrics.jsonl"), MetricLine.ParseMetrics);

    /// <summary>The lines of <c>timing.jsonl</c>, in order. One that a killed process left unfinished does not count.</summary>
    /// <param name="folder">The run's folder; if the file is missing there are no lines.</param>
    /// <exception cref="GaitPropException">The file cannot be read or a line is damaged; the message names it.</exception>
    public static IEnumerable<MetricLine> Timings(string folder) => Read(Path.Combine(folder, "timing.jsonl"), MetricLine.ParseTiming);

    private static IEnumerable<MetricLine> Read(string file, Parser parser)
    {
        var content = Content(file);
        var number = 0;
        for (var start = 0; content.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var length; start += length + 1)
        {
            number++;
            yield return Parse(file, number, content.AsSpan(start, length), parser);
        }
    }

    private static MetricLine Parse(string file, int number, ReadOnlySpan<byte> line, Parser parser)
    {
        try
        {
            return parser(line);
        }
        catch (JsonException e)
        {
            throw new GaitPropException(
                $"{file} is damaged at line {number}: {e.Message.Split(" LineNumber:")[0].ReplaceLineEndings(" ")}",
                e
            );
        }
    }

    private static byte[] Content(string file)
    {
        try
        {
            return SharedFile.ReadAll(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {file}: {OneLine.OfFile(e)}.", e);
        }
    }
}
