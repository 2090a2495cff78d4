using GaitProp.Ranks;
using static TorchSharp.torch;

namespace GaitProp.Rules;

/// <summary>The sum over ranks of a step's gradients: each layer's is under way while the rule goes on to the layer below.</summary>
/// <param name="share">The share of the batch that they were computed on.</param>
internal sealed class GradientSum(BatchShare share)
{
    private readonly List<Action> _underWay = [];

    /// <summary>Begins to add up a layer's gradient.</summary>
    /// <param name="gradient">The gradient over the share.</param>
    /// <returns>The one over the batch, once <see cref="Wait"/> is through.</returns>
    public LayerGradient Begin(LayerGradient gradient)
    {
        Tensor[] trained = [.. gradient.Trained.Select(t => t.contiguous())];
        _underWay.AddRange(trained.Select(share.BeginSum_));
        return new LayerGradient(trained) { Inversion = gradient.Inversion };
    }

    /// <summary>Waits for all that was begun.</summary>
    public void Wait()
    {
        foreach (var wait in _underWay)
        {
            wait();
        }

        _underWay.Clear();
    }
}
