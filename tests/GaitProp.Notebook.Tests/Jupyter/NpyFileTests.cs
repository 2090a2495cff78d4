using System.Numerics;
using GaitProp.Notebook.Jupyter;

namespace GaitProp.Notebook.Tests.Jupyter;

/// <summary>Arrays as NumPy writes and reads them.</summary>
public sealed class NpyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-npy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Kinds { get; } =
    [
        "bool",
        "sbyte",
        "byte",
        "short",
        "ushort",
        "int",
        "uint",
        "long",
        "ulong",
        "half",
        "float",
        "double",
        "complex",
        "empty",
        "five axes",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_written_is_read_to_the_last_bit(string kind)
    {
        Array array = kind switch
        {
            "bool" => new[] { true, false },
            "sbyte" => new sbyte[,]
            {
                { -128, 127 },
            },
            "byte" => new byte[] { 0, 255 },
            "short" => new short[] { short.MinValue, 7 },
            "ushort" => new ushort[] { ushort.MaxValue },
            "int" => new int[,,]
            {
                {
                    { 1, 2 },
                    { 3, int.MinValue },
                },
            },
            "uint" => new uint[] { uint.MaxValue },
            "long" => new[] { long.MinValue, long.MaxValue },
            "ulong" => new[] { ulong.MaxValue },
            "half" => new[] { Half.MaxValue, Half.NaN, Half.Epsilon },
            "float" => new[] { float.Epsilon, float.NaN, -0f, float.PositiveInfinity, 0.1f },
            "double" => new double[,]
            {
                { Math.PI, double.NaN, -0.0 },
                { double.Epsilon, double.NegativeInfinity, 0.1 },
            },
            "complex" => new[] { new Complex(1, -2), new Complex(double.NaN, 0.1) },
            "empty" => new double[0, 3],
            _ => new float[1, 2, 1, 2, 1],
        };
        var file = Path.Combine(_folder, "a.npy");
        NpyFile.Write(file, array);
        var read = Assert.IsType<Array>(NpyFile.Read(file), exactMatch: false);
        Assert.Equal(array.GetType(), read.GetType());
        Assert.Equal(Enumerable.Range(0, array.Rank).Select(array.GetLength), Enumerable.Range(0, read.Rank).Select(read.GetLength));
        NpyFile.Write(Path.Combine(_folder, "b.npy"), read);
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder, "b.npy")));
    }
}
