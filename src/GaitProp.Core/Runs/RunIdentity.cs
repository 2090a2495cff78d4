using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Experiments;

namespace GaitProp.Runs;

/// <summary>What a run computes, as a hash: runs of equal identity have equal results on one machine.</summary>
internal static class RunIdentity
{
    /// <summary>The identity of an experiment on a data set.</summary>
    /// <param name="experiment">The experiment, every value resolved.</param>
    /// <param name="data">The images used.</param>
    /// <param name="origin">The weights that it begins with; <see langword="null"/> for those that its seed draws.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(Experiment experiment, RunData data, RunOrigin? origin = null)
    {
        var text =
            $"{JsonSerializer.Serialize(experiment, ExperimentJson.Line)}\n{data.Checksum}{(origin is null ? "" : $"\n{origin.Sha256}")}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }
}
