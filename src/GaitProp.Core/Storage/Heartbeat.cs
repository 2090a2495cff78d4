using System.Text.Json;

namespace GaitProp.Storage;

/// <summary>What a worker writes of itself while it is at work on a cell of a grid.</summary>
/// <param name="Host">Its machine.</param>
/// <param name="Place">Where it runs (<see cref="ProcessPlace.Here"/>).</param>
/// <param name="Pid">Its number there.</param>
/// <param name="Began">When it began, in that system's count.</param>
/// <param name="Beats">How often it has written.</param>
/// <param name="Time">When, by its own clock: for people. Nothing is decided by it.</param>
internal sealed record Heartbeat(string Host, string Place, int Pid, string Began, long Beats, DateTimeOffset Time)
{
    /// <summary>This process's first.</summary>
    public static Heartbeat First() =>
        new(Environment.MachineName, ProcessPlace.Here, Environment.ProcessId, ProcessPlace.Began, 0, DateTimeOffset.Now);

    /// <summary>Whether it is of this machine, where the process itself can be looked at.</summary>
    public bool IsHere => Place == ProcessPlace.Here;

    /// <summary>Whether the process is alive, if it is of this machine.</summary>
    public bool IsAliveHere => IsHere && ProcessPlace.IsAlive(Pid, Began);

    /// <summary>Whether both are of one process.</summary>
    /// <param name="other">Another heartbeat.</param>
    public bool IsOfTheWorkerOf(Heartbeat other) => (Place, Pid, Began) == (other.Place, other.Pid, other.Began);

    /// <summary>As a line of JSON.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web), (byte)'\n'];

    /// <summary>Reads a file; <see langword="null"/> if it is gone or not written yet.</summary>
    /// <param name="file">The file.</param>
    public static Heartbeat? Read(string file)
    {
        try
        {
            return
                JsonSerializer.Deserialize<Heartbeat>(File.ReadAllBytes(file), JsonSerializerOptions.Web)
                    is { Host: not null, Place: not null, Began: not null } read
                ? read
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>In one phrase: <c>process 4711 on ATLAS, heartbeat 12 at 17:56:12 of its clock</c>.</summary>
    public override string ToString() => Text($"process {Pid} on {Host}, heartbeat {Beats} at {Time:HH:mm:ss} of its clock");
}
