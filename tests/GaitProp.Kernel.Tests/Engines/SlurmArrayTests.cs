using GaitProp.Kernel.Engines;

namespace GaitProp.Kernel.Tests.Engines;

public sealed class SlurmArrayTests
{
    private static readonly EngineRequest Request = new()
    {
        Sweep = "small-0123abcd",
        Folder = "/store/.sweeps/small-0123abcd",
        Words = ["sweep", "my experiment.json", "--over", "optimizer.lr=1e-4,1e-3"],
        Runs = 24,
        Left = [1, 2, 3, 7, 9, 10],
        Image = "gaitprop:1",
        Volume = "store",
    };

    [Fact]
    public void The_script_is_one_array_of_the_runs_that_are_left_and_the_program_takes_the_shells_place()
    {
        var lines = SlurmArray
            .Script(Request with { Partition = "gpu", Gpus = 1, Cpus = 8, Memory = "16G", Time = TimeSpan.FromHours(4), MaxRunning = 50 })
            .Split('\n');
        Assert.Equal("#!/bin/bash", lines[0]);
        foreach (
            var directive in (string[])
                [
                    "job-name=gaitprop-small-0123abcd",
                    "array=1-3,7,9-10%50",
                    "requeue",
                    "open-mode=append",
                    "partition=gpu",
                    "gres=gpu:1",
                    "cpus-per-task=8",
                    "mem=16G",
                    "time=4:00:00",
                    "signal=B:USR1@120",
                    "output='/store/.sweeps/small-0123abcd/slurm-%A_%a.log'",
                ]
        )
        {
            Assert.Contains($"#SBATCH --{directive}", lines);
        }

        var command = Assert.Single(lines, l => l.StartsWith("exec ", StringComparison.Ordinal));
        Assert.EndsWith(
            " sweep 'my experiment.json' --over optimizer.lr=1e-4,1e-3 --device cuda --index auto",
            command,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(4, null, " --device cuda --index auto")]
    [InlineData(1, "cpu", " --device cpu --index auto")]
    [InlineData(1, "auto", " --device auto --index auto")]
    [InlineData(0, null, " --index auto")]
    [InlineData(null, null, " --index auto")]
    public void A_task_with_GPUs_must_compute_on_one_unless_a_device_is_named(int? gpus, string? device, string end)
    {
        string[] named = device is null ? [] : ["--device", device];
        var script = SlurmArray.Script(Request with { Gpus = gpus, Words = [.. Request.Words, .. named] });

        Assert.EndsWith($" --over optimizer.lr=1e-4,1e-3{end}\n", script, StringComparison.Ordinal);
    }

    /// <summary>Slurm reads its lines as a shell reads words, and '%' as the beginning of a number.</summary>
    [Fact]
    public void Folders_with_spaces_and_percent_signs_are_one_word()
    {
        var lines = SlurmArray.Script(Request with { Folder = "/my store/50%a" }).Split('\n');

        Assert.Contains("#SBATCH --output='/my store/50%%a/slurm-%A_%a.log'", lines);
    }

    [Fact]
    public void What_is_not_asked_for_is_left_to_Slurm()
    {
        var script = SlurmArray.Script(Request);
        Assert.All(
            (string[])["partition", "gres", "cpus-per-task", "mem=", "time", "signal", "%50"],
            word => Assert.DoesNotContain(word, script, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(90, "45")]
    [InlineData(240, "120")]
    [InlineData(1, "1")]
    public void The_warning_leaves_half_of_a_short_time_for_work(int seconds, string warning) =>
        Assert.Contains(
            $"--signal=B:USR1@{warning}\n",
            SlurmArray.Script(Request with { Time = TimeSpan.FromSeconds(seconds) }),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1-2", 1, 2)]
    [InlineData("1,3-5,7", 1, 3, 4, 5, 7)]
    public void Numbers_are_ranges(string ranges, params int[] numbers) => Assert.Equal(ranges, SlurmArray.Ranges(numbers));

    [Fact]
    public void A_task_has_the_name_that_it_is_put_back_by()
    {
        Assert.Equal(
            "17_4",
            SlurmArray.Task(name =>
                name switch
                {
                    "SLURM_ARRAY_JOB_ID" => "17",
                    "SLURM_ARRAY_TASK_ID" => "4",
                    _ => null,
                }
            )
        );
        Assert.Null(SlurmArray.Task(_ => null));
    }
}
