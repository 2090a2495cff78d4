using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Experiments;
using GaitProp.Kernel.Engines;
using k8s;
using k8s.Models;

namespace GaitProp.Kernel.Tests.Engines;

/// <summary>The fields of the manifest, by what batch/v1 says of an Indexed Job.</summary>
public sealed class KubernetesJobTests
{
    private static readonly EngineRequest Request = new()
    {
        Sweep = "Small_net.v2-0123abcd",
        Folder = "/store",
        Words = ["sweep", "cifar-shallow", "--over", "optimizer.lr=1e-4,1e-3"],
        Runs = 24,
        Left = [3, 4],
        Image = "registry/gaitprop:1",
        Volume = "runs",
        Gpus = 1,
        Cpus = 4,
        Memory = "16Gi",
        Time = TimeSpan.FromHours(4),
        MaxRunning = 50,
    };

    [Fact]
    public void It_is_an_indexed_job_with_an_index_for_each_run_and_tries_of_its_own_for_each_index()
    {
        var job = KubernetesJob.Manifest(Request);
        Assert.Equal(("batch/v1", "Job"), ((string?)job["apiVersion"], (string?)job["kind"]));
        var spec = job["spec"]!;
        Assert.Equal(
            ("Indexed", 24, 24, 3),
            ((string?)spec["completionMode"], (int)spec["completions"]!, (int)spec["parallelism"]!, (int)spec["backoffLimitPerIndex"]!)
        );

        // backoffLimitPerIndex and podFailurePolicy are possible with this policy alone.
        Assert.Equal("Never", (string?)spec["template"]!["spec"]!["restartPolicy"]);
        Assert.Equal(
            """[{"action":"Ignore","onPodConditions":[{"type":"DisruptionTarget","status":"True"}]}]""",
            spec["podFailurePolicy"]!["rules"]!.ToJsonString()
        );
        Assert.Equal(7, (int)KubernetesJob.Manifest(Request with { MaxRunning = 7 })["spec"]!["parallelism"]!);
    }

    [Fact]
    public void A_pod_runs_the_run_of_its_index_on_the_volume_of_the_store_with_the_resources_asked_for()
    {
        var pod = KubernetesJob.Manifest(Request)["spec"]!["template"]!["spec"]!;
        var container = Assert.Single(pod["containers"]!.AsArray())!;
        Assert.Equal("registry/gaitprop:1", (string?)container["image"]);
        Assert.Equal(
            ["sweep", "cifar-shallow", "--over", "optimizer.lr=1e-4,1e-3", "--device", "cuda", "--index", "auto"],
            container["args"]!.AsArray().Select(a => (string)a!)
        );
        Assert.Equal("""{"cpu":"4","memory":"16Gi","nvidia.com/gpu":"1"}""", container["resources"]!["limits"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(container["resources"]!["limits"], container["resources"]!["requests"]));
        var (mount, volume) = (Assert.Single(container["volumeMounts"]!.AsArray())!, Assert.Single(pod["volumes"]!.AsArray())!);
        Assert.Equal((string?)mount["name"], (string?)volume["name"]);
        Assert.Equal((string?)mount["mountPath"], (string?)container["workingDir"]);
        Assert.Equal("runs", (string?)volume["persistentVolumeClaim"]!["claimName"]);
        Assert.Equal(4 * 3600, (long)pod["activeDeadlineSeconds"]!);
    }

    [Theory]
    [InlineData(4, null, "--device", "cuda", "--index", "auto")]
    [InlineData(1, "cpu", "--device", "cpu", "--index", "auto")]
    [InlineData(1, "auto", "--device", "auto", "--index", "auto")]
    [InlineData(0, null, "--index", "auto")]
    [InlineData(null, null, "--index", "auto")]
    public void A_pod_with_GPUs_must_compute_on_one_unless_a_device_is_named(int? gpus, string? device, params string[] end)
    {
        string[] named = device is null ? [] : ["--device", device];
        var job = KubernetesJob.Manifest(Request with { Gpus = gpus, Words = [.. Request.Words, .. named] });

        Assert.Equal(
            [.. Request.Words, .. end],
            job["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!)
        );
    }

    /// <summary>
    /// The types are generated from the published OpenAPI of Kubernetes. They know each field by its place and its type; a field of
    /// another name, or in another place, is an error.
    /// </summary>
    [Fact]
    public void The_published_types_of_batch_v1_know_every_field_and_have_what_was_asked_for()
    {
        var text = KubernetesJob.Manifest(Request).ToJsonString(ExperimentJson.Options);
        var job = KubernetesYaml.Deserialize<V1Job>(text, strict: true);

        Assert.Equal(
            ("batch/v1", "Job", "Indexed", 24, 3),
            (job.ApiVersion, job.Kind, job.Spec.CompletionMode, job.Spec.Completions, job.Spec.BackoffLimitPerIndex)
        );
        var pod = job.Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);
        Assert.Equal(
            ("16Gi", "1"),
            (container.Resources.Limits["memory"].ToString(), container.Resources.Limits["nvidia.com/gpu"].ToString())
        );
        Assert.Equal(("runs", 4 * 3600L), (Assert.Single(pod.Volumes).PersistentVolumeClaim.ClaimName, pod.ActiveDeadlineSeconds));
        Assert.Equal(
            ("Ignore", "DisruptionTarget"),
            (job.Spec.PodFailurePolicy.Rules[0].Action, job.Spec.PodFailurePolicy.Rules[0].OnPodConditions[0].Type)
        );

        // Nothing is lost on the way: what these types write again is the manifest, to the last field.
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(KubernetesJson.Serialize(job))),
            KubernetesJson.Serialize(job)
        );

        // And that a name is wrong would be seen, at any depth.
        foreach (
            var field in (string[])["backoffLimitPerIndex", "claimName", "onPodConditions", "workingDir", "terminationGracePeriodSeconds"]
        )
        {
            Assert.ThrowsAny<Exception>(() =>
                KubernetesYaml.Deserialize<V1Job>(text.Replace(field, $"{field}s", StringComparison.Ordinal), strict: true)
            );
        }
    }

    [Fact]
    public void What_is_not_asked_for_is_left_out()
    {
        var spec = KubernetesJob.Manifest(Request with { Gpus = null, Cpus = null, Memory = null, Time = null, MaxRunning = null })[
            "spec"
        ]!;
        Assert.Equal("{}", spec["template"]!["spec"]!["containers"]![0]!["resources"]!["limits"]!.ToJsonString());
        Assert.Null(spec["template"]!["spec"]!["activeDeadlineSeconds"]);
        Assert.Equal(24, (int)spec["parallelism"]!);
    }

    [Theory]
    [InlineData("the experiment /home/me/own.json is not on the volume", "/home/me/own.json", "--runs", "runs")]
    [InlineData("the experiment ../own.json is not on the volume", "../own.json", "--runs", "runs")]
    [InlineData("--data /home/me/data is not on the volume", "cifar-shallow", "--data", "/home/me/data")]
    [InlineData("--data data/../../data is not on the volume", "own.json", "--data", "data/../../data")]
    [InlineData("--runs /storeroom is not on the volume", "cifar-shallow", "--data", "embedded", "--runs", "/storeroom")]
    public void A_place_that_pods_have_not_is_one_line(string said, string experiment, params string[] options) =>
        Assert.StartsWith(
            said,
            Assert.Throws<GaitPropException>(() => KubernetesJob.CheckPlaces(["sweep", experiment, .. options])).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("cifar-shallow", "--data", "embedded")]
    [InlineData("own.json", "--data", "data", "--runs", "/store/runs")]
    [InlineData("/store/own.json", "--runs", "runs")]
    public void A_place_on_the_volume_is_possible(string experiment, params string[] options) =>
        KubernetesJob.CheckPlaces(["sweep", experiment, .. options]);

    [Theory]
    [InlineData("Small_net.v2-0123abcd", "gaitprop-small-net-v2-0123abcd")]
    [InlineData("an-experiment-with-a-name-that-is-much-too-long-for-a-pod-0123abcd", "gaitprop-an-experiment-with-a-name-that-i-0123abcd")]
    public void The_name_is_a_label_of_dns(string sweep, string name)
    {
        Assert.Equal(name, KubernetesJob.JobName(sweep));
        Assert.Matches(new Regex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), name);

        // The pod adds a hyphen, the index, a hyphen and five letters to it, and may have 63.
        Assert.InRange(name.Length + 1 + 5 + 1 + 5, 1, 63);
    }
}
