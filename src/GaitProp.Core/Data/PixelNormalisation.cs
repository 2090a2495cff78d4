using System.Globalization;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// How the bytes of an image become what a network sees: <c>x = (byte / 255 - mean) / deviation</c>, channel by channel, or <c>byte /
/// 255</c> alone.
/// </summary>
public sealed class PixelNormalisation
{
    /// <summary>A normalisation by channels.</summary>
    /// <param name="mean">The mean of each channel, in units of 255.</param>
    /// <param name="deviation">The standard deviation of each channel, in units of 255; above 0.</param>
    /// <exception cref="GaitPropException">They are not equally many, or a deviation is not above 0.</exception>
    public PixelNormalisation(IReadOnlyList<double> mean, IReadOnlyList<double> deviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(deviation);
        if (mean.Count != deviation.Count || !deviation.All(d => d > 0 && double.IsFinite(d)) || !mean.All(double.IsFinite))
        {
            throw new GaitPropException(
                $"a normalisation needs a finite mean and a deviation above 0 for every channel: {mean.Count} means came with {deviation.Count} deviations."
            );
        }

        (Mean, Deviation) = (mean, deviation);
    }

    /// <summary>Pixels in [0, 1], as they are.</summary>
    public static PixelNormalisation None { get; } = new([], []);

    /// <summary>The mean of each channel, in units of 255; empty for <see cref="None"/>.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>The standard deviation of each channel, in units of 255; empty for <see cref="None"/>.</summary>
    public IReadOnlyList<double> Deviation { get; }

    /// <summary>The numbers in one line, <c>mean 0.5 0.5 0.5, deviation 0.25 0.25 0.25</c>.</summary>
    public override string ToString() => Mean.Count == 0 ? "none" : $"mean {Text(Mean)}, deviation {Text(Deviation)}";

    /// <summary>Whether images can have it: it has no numbers, one for all channels, or one for each.</summary>
    /// <param name="channels">The channels of the images.</param>
    internal bool Fits(long channels) => Mean.Count is 0 or 1 || Mean.Count == channels;

    private static string Text(IReadOnlyList<double> values) =>
        string.Join(' ', values.Select(v => v.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The same where images become numbers.</summary>
    /// <param name="dtype">Element type of the numbers.</param>
    /// <param name="device">Where they lie.</param>
    internal Scale On(ScalarType dtype, Device device) => new(this, dtype, device);

    /// <summary>A normalisation with its numbers where they are used.</summary>
    internal sealed class Scale : IDisposable
    {
        private readonly Tensor? _mean;
        private readonly Tensor? _deviation;

        internal Scale(PixelNormalisation normalisation, ScalarType dtype, Device device)
        {
            if (normalisation.Mean.Count > 0)
            {
                using var scope = NewDisposeScope();
                _mean = Channels(normalisation.Mean);
                _deviation = Channels(normalisation.Deviation);
            }

            Tensor Channels(IReadOnlyList<double> values) =>
                tensor([.. values], dtype: dtype).view(1, -1, 1, 1).to(device).DetachFromDisposeScope();
        }

        /// <summary>Normalises in place.</summary>
        /// <param name="bytes">Values 0-255 as numbers, <c>[batch, channels, height, width]</c>; changed.</param>
        public Tensor Apply_(Tensor bytes)
        {
            bytes.div_(255);
            return _mean is null ? bytes : bytes.sub_(_mean).div_(_deviation!);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _mean?.Dispose();
            _deviation?.Dispose();
        }
    }
}
