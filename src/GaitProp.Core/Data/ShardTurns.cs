namespace GaitProp.Data;

/// <summary>
/// Which shards an epoch comes to, and when: each is to be read one shard ahead of the images that are taken from it, so that the disk is
/// read in turn and never waited for.
/// </summary>
internal sealed class ShardTurns
{
    private readonly (int Shard, long First, long Last)[] _turns;
    private int _next;

    /// <summary>Finds the turns of an order.</summary>
    /// <param name="shards">Images of each shard.</param>
    /// <param name="order">The numbers of an epoch's images.</param>
    public ShardTurns(IReadOnlyList<int> shards, ReadOnlySpan<long> order)
    {
        var ends = new long[shards.Count];
        for (var shard = 0; shard < ends.Length; shard++)
        {
            ends[shard] = (shard == 0 ? 0 : ends[shard - 1]) + shards[shard];
        }

        var turns = new Dictionary<int, (int Shard, long First, long Last)>();
        for (var place = 0; place < order.Length; place++)
        {
            // An empty shard ends where the one before it does: the first that ends behind the image is the image's.
            var found = Array.BinarySearch(ends, order[place] + 1);
            found = found < 0 ? ~found : found;
            while (found > 0 && ends[found - 1] == ends[found])
            {
                found--;
            }

            turns[found] = (found, turns.TryGetValue(found, out var turn) ? turn.First : place, place);
        }

        _turns = [.. turns.Values.OrderBy(t => t.First)];
    }

    /// <summary>
    /// The shards that are to be read now and were not named before: the one that a place has come to, and the next. Places only grow.
    /// </summary>
    /// <param name="place">A place in the order.</param>
    public IReadOnlyList<int> Due(long place)
    {
        var due = new List<int>();
        for (; _next < _turns.Length && (_next == 0 || _turns[_next - 1].First <= place); _next++)
        {
            if (_turns[_next].Last >= place)
            {
                due.Add(_turns[_next].Shard);
            }
        }

        return due;
    }
}
