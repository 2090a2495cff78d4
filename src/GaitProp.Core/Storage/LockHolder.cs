namespace GaitProp.Storage;

/// <summary>Who holds a <see cref="FileLock"/>: the line of JSON in its file.</summary>
/// <param name="Pid">The number of the process.</param>
/// <param name="Host">The machine that it runs on.</param>
/// <param name="Started">When it took the lock.</param>
internal sealed record LockHolder(int Pid, string Host, DateTimeOffset Started)
{
    /// <summary>This process, now.</summary>
    internal static LockHolder Here() => new(Environment.ProcessId, Environment.MachineName, DateTimeOffset.Now);

    /// <summary>In one phrase, for errors: <c>process 4711 on ATLAS since 2026-11-23 17:56</c>.</summary>
    public override string ToString() => Text($"process {Pid} on {Host} since {Started.LocalDateTime:yyyy-MM-dd HH:mm}");
}
