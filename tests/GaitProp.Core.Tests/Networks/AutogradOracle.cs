using static TorchSharp.torch;

namespace GaitProp.Tests.Networks;

/// <summary>The network's forward pass in plain torch operations, and its gradients by autograd.</summary>
internal static class AutogradOracle
{
    /// <summary>dL/dW, dL/db and dL/dg of each layer for a loss of the kept outputs.</summary>
    public static LayerGradient[] Gradients(Network network, Tensor x, Func<Tensor, Tensor> loss)
    {
        var parameters = network
            .Layers.Select(l =>
                (Weight: l.Weight.clone().requires_grad_(), Bias: l.Bias.clone().requires_grad_(), Gain: l.Gain?.clone().requires_grad_())
            )
            .ToArray();
        foreach (var (layer, (weight, bias, gain)) in network.Layers.Zip(parameters))
        {
            x = Forward(layer, x, weight, bias, gain).narrow(1, 0, layer.Keep);
        }

        loss(x).backward();
        return [.. parameters.Select(p => new LayerGradient(p.Weight.grad!.clone(), p.Bias.grad!.clone(), p.Gain?.grad!.clone()))];
    }

    /// <summary>f(g W x + b), with the padding of a convolution written out.</summary>
    public static Tensor Forward(Layer layer, Tensor x, Tensor weight, Tensor bias, Tensor? gain = null)
    {
        // A gain of its row stretches the weights of that row.
        weight = gain is null ? weight : gain.reshape(-1, 1) * weight;
        Tensor z;
        if (layer is InvertibleConv2d conv)
        {
            var kernels = weight.reshape(weight.shape[0], conv.InputShape[0], conv.Kernel, conv.Kernel);
            z = nn.functional.conv2d(SamePadded(x, conv.Kernel, conv.Stride), kernels, bias, [conv.Stride, conv.Stride]);
        }
        else
        {
            z = nn.functional.linear(x.flatten(1), weight, bias);
        }

        return nn.functional.leaky_relu(z, layer.Activation.Slope);
    }

    /// <summary>Zeros around the image so that <c>out = ceil(in / stride)</c>; the odd one at the bottom and on the right.</summary>
    public static Tensor SamePadded(Tensor x, int kernel, int stride)
    {
        var (top, bottom) = Around((int)x.shape[2], kernel, stride);
        var (left, right) = Around((int)x.shape[3], kernel, stride);
        return nn.functional.pad(x, [left, right, top, bottom]);
    }

    private static (int Before, int After) Around(int size, int kernel, int stride)
    {
        var outputs = (int)Math.Ceiling((double)size / stride);
        var total = Math.Max(0, ((outputs - 1) * stride) + kernel - size);
        return ((int)Math.Floor(total / 2.0), (int)Math.Ceiling(total / 2.0));
    }
}
