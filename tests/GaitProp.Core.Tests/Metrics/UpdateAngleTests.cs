using static TorchSharp.torch;

namespace GaitProp.Tests.Metrics;

public sealed class UpdateAngleTests
{
    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 2, 45)]
    [InlineData(0, 3, 90)]
    [InlineData(-1, 1, 135)]
    [InlineData(-5, 0, 180)]
    [InlineData(1, 1.7320508075688772, 60)]
    public void Known_angles_are_found(double x, double y, double degrees)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(degrees, UpdateAngle.Degrees(Vector(x, y), Vector(1, 0))!.Value, 1e-12);
        Assert.Equal(degrees, UpdateAngle.Degrees(Vector(1, 0), Vector(x, y))!.Value, 1e-12);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-7)]
    [InlineData(1e-10)]
    [InlineData(1e-13)]
    public void The_smallest_angles_are_accurate(double radians)
    {
        using var scope = NewDisposeScope();
        var degrees = UpdateAngle.Degrees(Vector(Math.Cos(radians), Math.Sin(radians)), Vector(1, 0))!.Value;

        Assert.Equal(radians * 180 / Math.PI, degrees, 1e-3 * degrees);
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-30)]
    [InlineData(1e30)]
    [InlineData(1e300)]
    public void The_size_of_an_update_does_not_matter(double size)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(45, UpdateAngle.Degrees(Vector(size, size), Vector(3, 0))!.Value, 1e-12);
    }

    [Fact]
    public void Weights_of_any_shape_and_precision_count_as_one_vector()
    {
        using var scope = NewDisposeScope();
        var u = eye(3).reshape(1, 9, 1);
        Assert.Equal(Math.Acos(1 / Math.Sqrt(3)) * 180 / Math.PI, UpdateAngle.Degrees(u, ones_like(u))!.Value, 1e-6);
        Assert.Equal(90, UpdateAngle.Degrees(tensor(new[] { 1e-30f, 0 }), tensor(new[] { 0, 1e-30f }))!.Value, 1e-12);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, double.NegativeInfinity)]
    public void The_angle_of_a_zero_or_non_finite_update_is_undefined(double x, double y)
    {
        using var scope = NewDisposeScope();
        Assert.Null(UpdateAngle.Degrees(Vector(x, y), Vector(1, 0)));
        Assert.Null(UpdateAngle.Degrees(Vector(1, 0), Vector(x, y)));
    }

    private static Tensor Vector(double x, double y) => tensor(new[] { x, y });
}
