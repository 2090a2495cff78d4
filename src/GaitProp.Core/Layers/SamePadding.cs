namespace GaitProp.Layers;

/// <summary>
/// SAME padding of one axis in the asymmetric sense: <c>out = ceil(in / stride)</c>, and the odd pixel of padding goes to the end.
/// </summary>
/// <param name="Input">Pixels of the input.</param>
/// <param name="Kernel">Pixels of the kernel.</param>
/// <param name="Stride">Pixels from one receptive field to the next.</param>
internal readonly record struct SamePadding(long Input, long Kernel, long Stride)
{
    public long Output => (Input + Stride - 1) / Stride;

    public long Total => Math.Max(((Output - 1) * Stride) + Kernel - Input, 0);

    public long Before => Total / 2;

    public long After => Total - Before;
}
