using System.Globalization;
using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Kernel.Engines;

/// <summary>
/// A sweep as one Indexed Job of Kubernetes (batch/v1). Indices count from 0. The manifest is JSON, which Kubernetes takes as it takes
/// YAML.
/// </summary>
internal static class KubernetesJob
{
    /// <summary>The engine's name.</summary>
    public const string Name = "kubernetes";

    /// <summary>
    /// Where the volume lies in the container: the program works there, so that relative paths of experiments, data and runs are on it.
    /// </summary>
    public const string Place = "/store";

    /// <summary>How often a run is tried again before it counts as failed; a pod that was moved away does not count.</summary>
    private const int Tries = 3;

    /// <summary>Time for a checkpoint when a pod is asked to end, seconds.</summary>
    private const int Grace = 120;

    private const int LongestName = 50;

    /// <summary>The manifest.</summary>
    public static JsonObject Manifest(EngineRequest request)
    {
        var limits = new JsonObject();
        Add("cpu", request.Cpus?.ToString(CultureInfo.InvariantCulture));
        Add("memory", request.Memory);
        Add("nvidia.com/gpu", request.Gpus is > 0 and var gpus ? gpus.ToString(CultureInfo.InvariantCulture) : null);
        var spec = new JsonObject
        {
            ["completionMode"] = "Indexed",
            ["completions"] = request.Runs,
            ["parallelism"] = Math.Min(request.MaxRunning ?? request.Runs, request.Runs),
            ["backoffLimitPerIndex"] = Tries,

            // A pod that the cluster itself takes away has done nothing wrong.
            ["podFailurePolicy"] = new JsonObject
            {
                ["rules"] = new JsonArray(
                    new JsonObject
                    {
                        ["action"] = "Ignore",
                        ["onPodConditions"] = new JsonArray(new JsonObject { ["type"] = "DisruptionTarget", ["status"] = "True" }),
                    }
                ),
            },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = Labels(request) },
                ["spec"] = new JsonObject
                {
                    ["restartPolicy"] = "Never",
                    ["terminationGracePeriodSeconds"] = Grace,
                    ["containers"] = new JsonArray(
                        new JsonObject
                        {
                            ["name"] = "gaitprop",
                            ["image"] = request.Image,
                            ["args"] = new JsonArray([.. request.TaskWords.Select(w => JsonValue.Create(w))]),
                            ["workingDir"] = Place,
                            ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "store", ["mountPath"] = Place }),
                            ["resources"] = new JsonObject { ["requests"] = limits.DeepClone(), ["limits"] = limits },
                        }
                    ),
                    ["volumes"] = new JsonArray(
                        new JsonObject
                        {
                            ["name"] = "store",
                            ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = request.Volume },
                        }
                    ),
                },
            },
        };
        if (request.Time is { } time)
        {
            spec["template"]!["spec"]!["activeDeadlineSeconds"] = (long)time.TotalSeconds;
        }

        return new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = JobName(request.Sweep), ["labels"] = Labels(request) },
            ["spec"] = spec,
        };

        void Add(string resource, string? amount)
        {
            if (amount is not null)
            {
                limits[resource] = amount;
            }
        }
    }

    /// <summary>
    /// A sweep's name as a cluster takes it: small letters, digits and hyphens. Its pods add their index and five letters.
    /// </summary>
    public static string JobName(string sweep)
    {
        var name = new string([.. $"gaitprop-{sweep}".ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return name.Length <= LongestName ? name : name[..(LongestName - 9)] + name[^9..];
    }

    /// <summary>
    /// Refuses places that a pod has not: there would be no experiment and no images, and what it writes there would be gone with it.
    /// </summary>
    /// <param name="words">The words of the sweep: its verb, the experiment, the options.</param>
    /// <exception cref="GaitPropException">One leads out of the volume.</exception>
    public static void CheckPlaces(IReadOnlyList<string> words)
    {
        if (!ExperimentDocument.BuiltIn.Contains(words[1]))
        {
            Check("the experiment", words[1]);
        }

        foreach (var (option, place) in words.Zip(words.Skip(1)))
        {
            if (option == "--runs" || (option == "--data" && place != DataSets.Embedded))
            {
                Check(option, place);
            }
        }

        static void Check(string what, string place)
        {
            // Paths of the pod, whatever this machine's look like.
            var parts = place.Split('/');
            var isBelow = place[0] == '/' ? place == Place || place.StartsWith($"{Place}/", StringComparison.Ordinal) : place[0] != '~';
            if (!isBelow || parts.Contains(".."))
            {
                throw new GaitPropException(
                    $"{what} {place} is not on the volume, which pods have at {Place}: give a path below that, or one that is relative to it."
                );
            }
        }
    }

    /// <summary>Gives the manifest to the cluster that <c>kubectl</c> is set to.</summary>
    /// <param name="file">The manifest's file.</param>
    /// <param name="sweep">The sweep's name.</param>
    /// <exception cref="GaitPropException">There is no <c>kubectl</c>, or the cluster takes no such job.</exception>
    public static void Submit(string file, string sweep)
    {
        try
        {
            EngineProgram.Run(
                "Kubernetes",
                "kubectl",
                "run this where kubectl is, leave --engine out to work here, or see with --dry-run what would be submitted",
                "create",
                "-f",
                file
            );
        }
        catch (GaitPropException e) when (IsThere(e))
        {
            throw new GaitPropException(
                $"the cluster still has the job of this sweep, {JobName(sweep)}: 'gaitprop sweep cancel {sweep}' takes it away, then the same command submits what is left.",
                e
            );
        }
    }

    /// <summary>Whether a submission was refused because the cluster has a job of that name.</summary>
    /// <param name="refused">What <see cref="Submit"/> threw.</param>
    public static bool IsThere(Exception refused) =>
        refused.Message.Contains("AlreadyExists", StringComparison.Ordinal) || (refused.InnerException is { } cause && IsThere(cause));

    /// <summary>Deletes the job with its pods, which leave checkpoints.</summary>
    /// <param name="job">Its name.</param>
    /// <exception cref="GaitPropException">There is no <c>kubectl</c>, or the cluster does not do it.</exception>
    public static void Cancel(string job) =>
        EngineProgram.Run(
            "Kubernetes",
            "kubectl",
            "run this where kubectl is set to the cluster",
            "delete",
            "job",
            job,
            "--ignore-not-found",
            "--wait=false"
        );

    private static JsonObject Labels(EngineRequest request) =>
        new() { ["app.kubernetes.io/name"] = "gaitprop", ["app.kubernetes.io/instance"] = JobName(request.Sweep) };
}
