using GaitProp.Ranks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Ranks;

public sealed class LayerShardsTests
{
    public LayerShardsTests() => LibTorch.Load();

    [Theory]
    [InlineData("dense 30, dense 20, dense 20, dense 10", 1, "0 0 0 0")]
    [InlineData("dense 30, dense 20, dense 20, dense 10", 2, "0 1 1 1")]
    [InlineData("dense 30, dense 20, dense 20, dense 10", 3, "0 1 2 2")]
    [InlineData("conv 3x3/2 8, maxpool 2, dense 10", 2, "1 1 0")]
    [InlineData("dense 10", 3, "0")]
    public void The_largest_layers_go_first_each_to_the_rank_with_the_fewest_numbers(string plan, int ranks, string owners)
    {
        var found = ThreadRanks.Run(
            ranks,
            group =>
            {
                using var network = Network.Build(NetworkDefinition.Parse("n", [1, 8, 8], plan), AuxiliaryUnits.None, 1);
                var shards = new LayerShards(group, network);
                return (
                    Owners: string.Join(' ', shards.Owners),
                    Mine: Enumerable.Range(0, network.Layers.Count).Where(shards.IsMine).ToArray()
                );
            }
        );

        Assert.All(found, f => Assert.Equal(owners, f.Owners));
        Assert.All(found.Index(), f => Assert.All(f.Item.Mine, layer => Assert.Equal($"{f.Index}", owners.Split(' ')[layer])));
    }

    [Fact]
    public void What_a_rank_has_made_of_its_layers_all_get_to_the_last_bit()
    {
        var layers = ThreadRanks.Run(
            2,
            group =>
            {
                using var scope = NewDisposeScope();
                using var network = Network.Build(NetworkDefinition.Parse("n", [1, 8, 8], "dense 30, dense 10"), AuxiliaryUnits.None, 1);
                var shards = new LayerShards(group, network);
                foreach (var tensor in network.Layers.SelectMany(l => l.Trained))
                {
                    tensor.fill_(group.Rank + 1);
                }

                for (var layer = 0; layer < 2; layer++)
                {
                    shards.BeginSend_(layer)();
                }

                return network.Layers.SelectMany(l => l.Trained).Select(t => (t.min().item<float>(), t.max().item<float>())).ToArray();
            }
        );

        Assert.All(layers, l => Assert.Equal([(1f, 1f), (1f, 1f), (2f, 2f), (2f, 2f)], l));
    }
}
