namespace GaitProp.Tests;

/// <summary>A clock that goes on when it is told to.</summary>
internal sealed class Clock : TimeProvider
{
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Pass(TimeSpan time) => _ticks += time.Ticks;
}
