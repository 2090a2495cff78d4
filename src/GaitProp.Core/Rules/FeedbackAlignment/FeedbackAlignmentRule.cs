using GaitProp.Layers;
using GaitProp.Networks;
using GaitProp.Orthogonality;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Rules.FeedbackAlignment;

/// <summary>
/// Feedback alignment (Lillicrap et al. 2016): backpropagation with a fixed random matrix in the place of every transposed weight. The
/// matrices are orthogonal, of the forward weights' shapes, and drawn with another seed.
/// </summary>
/// <param name="options">None.</param>
[Rule("fa", "FA", typeof(NoOptions))]
public sealed class FeedbackAlignmentRule(NoOptions options) : LearningRule
{
    private Tensor[] _feedback = [];

    /// <summary>The rule has no options.</summary>
    public NoOptions Options { get; } = options;

    /// <inheritdoc/>
    public override bool NeedsSquareLayers => false;

    /// <inheritdoc/>
    public override void Prepare(Network network, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        FreeFeedback();
        _feedback = [.. network.Layers.Select((layer, l) => OrthogonalInitialisation
            .Draw(layer.Weight.shape[0], layer.FanIn, Seeds.Derive(seed, SeedUse.Feedback, l), network.DataType, network.Device)
            .DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The rule was not prepared for this network.</exception>
    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        if (_feedback.Length != network.Layers.Count)
        {
            throw new InvalidOperationException("Prepare the rule for the network before its first update.");
        }

        var gradients = new LayerGradient[network.Layers.Count];
        var error = outputGradient;
        for (var l = gradients.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var delta = layer.Activation.TimesDerivative(error, layer.Kept(trace.Activations[l]));
            gradients[l] = layer.Gradient(delta, trace.Inputs[l]);
            if (l > 0)
            {
                error = layer.Transposed(delta, _feedback[l]);
            }
        }

        return gradients;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            FreeFeedback();
        }

        base.Dispose(disposing);
    }

    private void FreeFeedback()
    {
        foreach (var feedback in _feedback)
        {
            feedback.Dispose();
        }

        _feedback = [];
    }
}
