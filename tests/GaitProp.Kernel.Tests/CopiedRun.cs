using System.Text.Json.Nodes;

namespace GaitProp.Kernel.Tests;

/// <summary>A run that is kept beside the notebooks, copied into a store: a whole run that no test has to train.</summary>
internal static class CopiedRun
{
    /// <summary>Copies it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="status">How the copy says that it has ended, or that it has not.</param>
    /// <param name="isRecorded">Whether the copy is a recorded run, too.</param>
    /// <returns>Its folder.</returns>
    public static string Into(string store, string status = "finished", bool isRecorded = false)
    {
        var recorded = Path.Combine(Repository.Folder, "notebooks", "recorded", "cifar-shallow");
        var run = Directory.GetDirectories(recorded, "bp-*").Order(StringComparer.Ordinal).First();
        var copy = Directory.CreateDirectory(Path.Combine(store, "cifar-shallow", Path.GetFileName(run))).FullName;
        foreach (var file in Directory.GetFiles(run))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        var told = Path.Combine(copy, "run.json");
        var description = JsonNode.Parse(File.ReadAllText(told))!.AsObject();
        description["status"] = status;
        if (!isRecorded)
        {
            description.Remove("recorded");
        }

        File.WriteAllText(told, description.ToJsonString());
        return copy;
    }
}
