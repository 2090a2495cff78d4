namespace GaitProp.Ranks;

/// <summary>
/// Which rank takes the optimiser's step for which layer, constraint included. It alone needs the layer's gradient over the whole batch and
/// has the optimiser's moments for it; what the step has made of the weights it sends to the others. The work is not repeated then, and as
/// many numbers go round as in a sum that everybody gets, which is made of a sum and a sending.
/// </summary>
internal sealed class LayerShards
{
    private readonly RankGroup _ranks;
    private readonly IReadOnlyList<Layer> _layers;
    private readonly int[] _owners;

    /// <summary>Shares the layers out: the largest first, each to the rank that has the fewest numbers.</summary>
    /// <param name="ranks">Who shares them.</param>
    /// <param name="network">Whose layers they are.</param>
    public LayerShards(RankGroup ranks, Network network)
    {
        (_ranks, _layers) = (ranks, network.Layers);
        _owners = new int[_layers.Count];
        var numbers = new long[ranks.Count];
        foreach (var (layer, size) in _layers.Select((l, index) => (index, l.Trained.Sum(t => t.numel()))).OrderByDescending(l => l.Item2))
        {
            var owner = Array.IndexOf(numbers, numbers.Min());
            _owners[layer] = owner;
            numbers[owner] += size;
        }
    }

    /// <summary>The rank of each layer.</summary>
    public IReadOnlyList<int> Owners => _owners;

    /// <summary>Whether this rank takes a layer's step.</summary>
    /// <param name="layer">Its place from the input up, from 0.</param>
    public bool IsMine(int layer) => _owners[layer] == _ranks.Rank;

    /// <summary>Begins to give all ranks what the step has made of a layer's trained tensors.</summary>
    /// <param name="layer">Its place from the input up, from 0.</param>
    /// <returns>Waits until they are there.</returns>
    public Action BeginSend_(int layer)
    {
        Action[] underWay = [.. _layers[layer].Trained.Select(t => _ranks.BeginSend_(t, _owners[layer]))];
        return () => Array.ForEach(underWay, wait => wait());
    }

    /// <summary>Gives all ranks what the optimiser keeps for the layers of each.</summary>
    /// <param name="optimizer">The optimiser of the network.</param>
    public void Share_(Optimizer optimizer)
    {
        int[] owners = [.. _layers.SelectMany((l, index) => l.Trained.Select(_ => _owners[index]))];
        foreach (var (_, tensors) in optimizer.State)
        {
            foreach (var (tensor, owner) in tensors.Zip(owners))
            {
                _ranks.Send_(tensor, owner);
            }
        }
    }
}
