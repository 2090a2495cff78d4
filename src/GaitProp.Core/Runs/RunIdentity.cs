using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Experiments;

namespace GaitProp.Runs;

/// <summary>
/// What a run computes, as a hash: runs of equal identity have equal results on one machine. The code of rules and layers of the user's
/// own is part of it, since a cell that is changed and run again keeps their names.
/// </summary>
internal static class RunIdentity
{
    /// <summary>The identity of an experiment on a data set.</summary>
    /// <param name="experiment">The experiment, every value resolved.</param>
    /// <param name="data">The images used.</param>
    /// <param name="code">What the code of its own rule and layers computes (<see cref="OwnParts.Code"/>); <see langword="null"/> if all
    /// is the kit's.</param>
    /// <param name="origin">The weights that it begins with; <see langword="null"/> for those that its seed draws.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(Experiment experiment, RunData data, string? code, RunOrigin? origin = null)
    {
        string?[] parts =
        [
            JsonSerializer.Serialize(experiment, ExperimentJson.Line),
            data.Checksum ?? "",
            origin?.Sha256,
            code is null ? null : $"code {code}",
        ];
        var text = string.Join('\n', parts.Where(p => p is not null));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }
}
