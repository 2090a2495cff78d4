using GaitProp.Kernel.Engines;

namespace GaitProp.Kernel.Tests.Engines;

public sealed class TaskIndexTests
{
    [Theory]
    [InlineData("3", null, null, 3)]
    [InlineData("auto", "1", null, 1)]
    [InlineData("auto", "24", null, 24)]
    [InlineData("auto", null, "0", 1)]
    [InlineData("auto", null, "23", 24)]
    public void A_task_learns_its_number_from_its_engine(string word, string? slurm, string? kubernetes, int expected) =>
        Assert.Equal(expected, Read(word, slurm, kubernetes));

    [Theory]
    [InlineData("0", null, null, "--index 0 is not possible: the grid has 24 runs, numbered from 1.")]
    [InlineData("25", null, null, "--index 25 is not possible: the grid has 24 runs, numbered from 1.")]
    [InlineData("many", null, null, "--index many is not possible")]
    [InlineData("auto", null, null, "--index auto finds no engine: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set")]
    [InlineData("auto", "25", null, "array task 25 (SLURM_ARRAY_TASK_ID) is not in the grid: the grid has 24 runs, numbered from 1.")]
    [InlineData("auto", "0", null, "array task 0 (SLURM_ARRAY_TASK_ID) is not in the grid")]
    [InlineData(
        "auto",
        null,
        "24",
        "completion index 24 (JOB_COMPLETION_INDEX) is not in the grid: the grid has 24 runs, numbered from 0 to 23."
    )]
    [InlineData("auto", null, "x", "completion index x")]
    public void An_index_outside_the_grid_is_one_line(string word, string? slurm, string? kubernetes, string said) =>
        Assert.StartsWith(said, Assert.Throws<GaitPropException>(() => Read(word, slurm, kubernetes)).Message, StringComparison.Ordinal);

    private static int Read(string word, string? slurm, string? kubernetes) =>
        TaskIndex.Read(
            word,
            24,
            name =>
                name switch
                {
                    "SLURM_ARRAY_TASK_ID" => slurm,
                    "JOB_COMPLETION_INDEX" => kubernetes,
                    _ => null,
                }
        );
}
