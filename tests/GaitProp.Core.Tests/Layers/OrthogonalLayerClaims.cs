using GaitProp.Layers;
using GaitProp.Rules.Backpropagation;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

/// <summary>What holds of every layer that is orthogonal as it is, whatever its input.</summary>
internal static class OrthogonalLayerClaims
{
    /// <summary>One layer above an image or a vector, with all its units or with the kept ones alone.</summary>
    public static Layer Build(LayerDefinition plan, AuxiliaryUnits auxiliary, params long[] inputShape) =>
        plan.Build(
            new LayerPlace
            {
                Index = 1,
                InputShape = inputShape,
                Auxiliary = auxiliary,
                Type = ScalarType.Float64,
                Seed = 1,
            }
        );

    /// <summary>The feedback is the gradient of the forward pass, by differences in every direction of the input.</summary>
    public static void FeedbackIsTheGradient(Layer layer)
    {
        using var scope = NewDisposeScope();
        var x = Numbers.Normal(1, [2, .. layer.InputShape]);
        var v = Numbers.Normal(2, layer.Forward(x).shape);
        var found = layer.Feedback(v, x).flatten();
        const double Step = 1e-6;
        for (var i = 0; i < x.numel(); i++)
        {
            var nudge = zeros_like(x);
            nudge.view(-1)[i] = Step;
            var difference = ((layer.Forward(x + nudge) - layer.Forward(x - nudge)) * v).sum().item<double>() / (2 * Step);
            Assert.Equal(difference, found[i].item<double>(), 1e-7);
        }
    }

    /// <summary>
    /// With all units the inverse rebuilds the input to the last digits, and it is the feedback; with the kept ones alone it is what those
    /// carry.
    /// </summary>
    public static void TheInverseIsExact(LayerDefinition plan, params long[] inputShape)
    {
        using var scope = NewDisposeScope();
        using var whole = Build(plan, AuxiliaryUnits.Explicit, inputShape);
        using var kept = Build(plan, AuxiliaryUnits.Implicit, inputShape);
        var x = Numbers.Normal(1, [3, .. inputShape]);
        var a = whole.Forward(x);
        Assert.Equal(whole.Units * 3, a.numel());
        Numbers.AssertClose(x, whole.Invert(a, x, InverseStrategy.Exact).Inputs, 1e-14, "the input");
        Numbers.AssertClose(whole.Kept(a), kept.Forward(x), 1e-14, "what goes on");
        Assert.Equal(a.norm().item<double>(), x.norm().item<double>(), 1e-10);

        var p = Numbers.Normal(2, [3, .. whole.OutputShape]);
        Numbers.AssertClose(
            whole.Invert(cat([p, zeros_like(a.narrow(1, whole.Keep, whole.Outputs - whole.Keep))], 1), x, InverseStrategy.Solve).Inputs,
            kept.Invert(p, x, InverseStrategy.Folded(2)).Inputs,
            1e-14
        );

        // The largest of a window stays the largest where the step is far smaller than what pixels differ by.
        var (step, bound) = whole is MaxPool ? (1e-6, 1e-8) : (1e-3, 1e-10);
        Numbers.AssertClose(p, kept.Kept(whole.Forward(x + (step * kept.Feedback(p, x))) - a) / step, bound, "back and forth");
    }

    /// <summary>
    /// Normalised GAIT's update of a network with the layer is backpropagation's: in float32 within a twentieth of a degree, in float64
    /// nearly without an angle, in every form.
    /// </summary>
    public static void TheUpdateIsBackpropagations(string layers, params long[] inputShape)
    {
        using var scope = NewDisposeScope();
        var plan = NetworkDefinition.Parse("n", inputShape, layers);
        var x = Numbers.Uniform(3, [8, .. inputShape]);
        var labels = arange(8, ScalarType.Int64);
        using var drawn = Network.Build(plan, AuxiliaryUnits.Explicit, 1, ScalarType.Float64);
        using var rounded = drawn.To(ScalarType.Float32);
        using var network = rounded.To(ScalarType.Float64);
        x = x.to(ScalarType.Float32).to(ScalarType.Float64);
        var trace = network.Forward(x);
        var reference = new BackpropagationRule().Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);

        Within(Update(network, x, TargetForm.Displacement), 1e-3);
        Within(Update(network, x, TargetForm.Limit), 1e-3);
        Within(Update(network, x, TargetForm.Literal), 0.05);
        Within(Update(rounded, x.to(ScalarType.Float32), TargetForm.Displacement), 0.05);
        using var implicitly = Network.Build(plan, AuxiliaryUnits.Implicit, 1, ScalarType.Float32);
        using var implicitReference = implicitly.To(ScalarType.Float64);
        var seen = implicitReference.Forward(x);
        reference = new BackpropagationRule().Update(implicitReference, seen, Loss.CrossEntropySum(seen.Output, labels).Gradient);
        Within(Update(implicitly, x.to(ScalarType.Float32), TargetForm.Displacement), 0.05);

        LayerGradient[] Update(Network on, Tensor images, TargetForm form)
        {
            using var rule = new NormalisedGaitRule(new NormalisedGaitOptions { Form = form });
            var pass = on.Forward(images);
            return rule.Update(on, pass, Loss.CrossEntropySum(pass.Output, labels).Gradient);
        }

        void Within(LayerGradient[] update, double degrees) =>
            Assert.All(
                network.Layers.Select((layer, l) => (layer, l)),
                at =>
                {
                    var angle = UpdateAngle.Degrees(at.layer, update[at.l], reference[at.l]);
                    Assert.Equal(at.layer.Trained.Count == 0, angle is null);
                    Assert.True(angle is null || angle < degrees, $"{at.layer.Name}: {angle} degrees");
                }
            );
    }

    public static void IsRefused(string layers, string message, params long[] inputShape)
    {
        var e = Assert.Throws<GaitPropException>(() =>
            Network.Build(NetworkDefinition.Parse("n", inputShape, layers), AuxiliaryUnits.None, 1)
        );
        Assert.Equal(message, e.Message);
    }
}
