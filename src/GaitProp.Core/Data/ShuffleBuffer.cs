using static TorchSharp.torch;

namespace GaitProp.Data;

/// <summary>
/// The order in which images are taken from shards: the shards in a random order, each read from its beginning to its end, through a buffer
/// from which a random image goes out whenever the next one comes in. So what is read at any time lies close together, and still every
/// order of an epoch is another. It depends on the generator alone: a position in it is all that there is to resume.
/// </summary>
internal static class ShuffleBuffer
{
    /// <summary>Images in the buffer.</summary>
    public const int Capacity = 4096;

    /// <summary>Draws the order of an epoch.</summary>
    /// <param name="shards">Images of each shard; the first <paramref name="count"/> of them are taken.</param>
    /// <param name="count">How many images there are.</param>
    /// <param name="generator">What is random.</param>
    /// <param name="capacity">Images in the buffer.</param>
    /// <returns>Every number from 0 to <paramref name="count"/> - 1 once, int64.</returns>
    public static long[] Order(IReadOnlyList<int> shards, int count, Generator generator, int capacity = Capacity)
    {
        using var scope = NewDisposeScope();
        var turns = randperm(shards.Count, dtype: ScalarType.Int64, device: CPU, generator: generator).data<long>().ToArray();
        var places = rand(count, dtype: ScalarType.Float64, device: CPU, generator: generator).data<double>().ToArray();
        var starts = shards.Aggregate(new List<long> { 0 }, (sums, images) => [.. sums, sums[^1] + images]);
        var order = new long[count];
        var buffer = new List<long>(Math.Min(capacity, count));
        var next = 0;
        foreach (var turn in turns)
        {
            for (var image = starts[(int)turn]; image < Math.Min(starts[(int)turn + 1], count); image++)
            {
                if (buffer.Count < capacity)
                {
                    buffer.Add(image);
                    continue;
                }

                var place = (int)(places[next] * buffer.Count);
                order[next++] = buffer[place];
                buffer[place] = image;
            }
        }

        while (buffer.Count > 0)
        {
            var place = (int)(places[next] * buffer.Count);
            order[next++] = buffer[place];
            buffer[place] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
        }

        return order;
    }
}
