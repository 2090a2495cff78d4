namespace GaitProp.Benchmarks.Measuring;

/// <summary>One thing that is timed against others.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Once">Does it once.</param>
internal sealed record Contestant(string Name, Action Once)
{
    /// <summary>How many of the things that are counted <see cref="Once"/> does, such as the steps of one cycle.</summary>
    public int Count { get; init; } = 1;

    /// <summary>
    /// What it does now and then in place of <see cref="Once"/>, such as a step with a retraction of all directions; null if always the
    /// same.
    /// </summary>
    public Action? NowAndThen { get; init; }

    /// <summary>Waits until what was asked of the device is done; null on a CPU, where it is done when it was asked.</summary>
    public Action? Settle { get; init; }

    /// <summary>One time of so many is <see cref="NowAndThen"/>.</summary>
    public int OutOf { get; init; } = 1;

    /// <summary>Floating-point operations of its matrix products, a time on average; 0 if they are not counted.</summary>
    public double Operations { get; init; }

    /// <summary>Whether it computes in float64, and is held against that peak.</summary>
    public bool IsDouble { get; init; }
}
