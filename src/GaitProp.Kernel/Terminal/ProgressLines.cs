using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GaitProp.Kernel.Terminal;

/// <summary>Progress for another process of ours: a line of JSON, twice a second and whenever the phase changes.</summary>
internal sealed class ProgressLines(TextWriter writer) : ITrainingDisplay
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public IProgress<TrainingProgress> Add(string label) => new Line(writer);

    /// <summary>Reads a line; <see langword="null"/> if it is something else.</summary>
    public static TrainingProgress? Read(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonSerializer.Deserialize<TrainingProgress>(line, Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class Line(TextWriter writer) : IProgress<TrainingProgress>
    {
        private readonly Stopwatch _since = Stopwatch.StartNew();
        private TrainingPhase? _phase;

        public void Report(TrainingProgress value)
        {
            if (value.Phase == _phase && _since.Elapsed < Interval)
            {
                return;
            }

            _phase = value.Phase;
            _since.Restart();
            writer.WriteLine(JsonSerializer.Serialize(value, Options));
            writer.Flush();
        }
    }
}
