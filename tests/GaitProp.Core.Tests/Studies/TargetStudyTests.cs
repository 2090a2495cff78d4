using GaitProp.Figures;
using static TorchSharp.torch;

namespace GaitProp.Tests.Studies;

public sealed class TargetStudyTests
{
    private static TargetTable Table { get; } = Measure();

    [Fact]
    public void Distances_of_GAIT_shrink_by_gamma_a_layer_and_those_of_normalised_GAIT_stay()
    {
        var (gait, ngait) = (Table.Columns[0], Table.Columns[1]);

        foreach (var (below, above) in gait.Distances.Zip(gait.Distances.Skip(1)))
        {
            Assert.InRange(below / above, 2e-4, 2e-3);
        }

        // Nudges of RMS distance eta, carried down by an orthogonal matrix and the slope of the activation.
        Assert.All(ngait.Distances.SkipLast(1), d => Assert.InRange(d, 3e-8, 1.5e-7));
        Assert.Equal(gait.Distances[^1], ngait.Distances[^1]);
    }

    [Fact]
    public void Only_the_displacement_form_keeps_its_digits_in_float32()
    {
        foreach (var column in Table.Columns)
        {
            var (literal64, literal32, displacement32) = (column.Precision[0], column.Precision[1], column.Precision[2]);
            Assert.All(displacement32.Errors, e => Assert.InRange(e!.Value, 0, 1e-3));
            Assert.All(displacement32.Angles, a => Assert.InRange(a!.Value, 0, 0.05));
            Assert.True(literal32.Errors[0] > 1);
            Assert.InRange(literal32.Angles[0]!.Value, 45, 135);

            // Float64 carries normalised GAIT to the input, and GAIT not.
            Assert.Equal(column.Rule == "ngait", literal64.Errors[0] < 1e-4);
            Assert.Equal(column.Rule == "ngait", literal64.Angles[0] < 0.05);
        }
    }

    [Fact]
    public void The_figure_shows_all_of_it()
    {
        var figure = TargetFigure.Of("fig1", "Targets", "Caption", Table);

        Assert.Equal(["A", "B", "C", "D"], figure.Panels.Select(p => p.Letter));
        Assert.NotNull(figure.Panels[0].Drawing);
        Assert.All(figure.Panels.Skip(1).Take(2), p => Assert.True(p.Y.IsLogarithmic));
        Assert.Equal(Table.Columns[0].Distances[0] / Table.Activations[0], figure.Panels[1].Series[0].Y[0]);
        Assert.Equal(6, figure.Panels[2].Series.Count);
        Assert.Equal(Table.Columns[1].Precision[2].Angles[3]!.Value, figure.Panels[3].Series[5].Y[3]);
    }

    private static TargetTable Measure()
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var plan = new NetworkBuilder("six", 96).Dense(64).Dense(64).Dense(64).Dense(64).Dense(64).Dense(64).Dense(10).Definition;
        return new TargetStudy { Network = plan }.Measure(
            rand(16, 96, dtype: ScalarType.Float64, generator: generator),
            arange(16, dtype: ScalarType.Int64) % 10
        );
    }
}
