namespace GaitProp.Figures;

/// <summary>What runs of one setting and one length weigh, where several lengths of the setting are there and one has to speak for it.</summary>
/// <param name="IsWhole">Whether all of them ended by themselves, after the last epoch that was planned.</param>
/// <param name="IsPlain">Whether it is the rule as published.</param>
/// <param name="Seeds">How many seeds they are of.</param>
/// <param name="Epochs">The epochs that they have done.</param>
internal readonly record struct Standing(bool IsWhole, bool IsPlain, int Seeds, int Epochs)
{
    /// <summary>
    /// The one that speaks for all: the whole one, as published, of most seeds; a longer one in its place if it has half as many epochs
    /// again. So one epoch more of one seed that somebody stopped does not outweigh what is whole.
    /// </summary>
    /// <param name="candidates">At least one.</param>
    /// <param name="of">What a candidate weighs.</param>
    public static T Spokesman<T>(IEnumerable<T> candidates, Func<T, Standing> of)
    {
        (T Candidate, Standing Weight)[] left = [.. candidates.Select(c => (c, of(c)))];
        while (true)
        {
            var (best, weight) = left.MaxBy(c => (c.Weight.IsWhole, c.Weight.IsPlain, c.Weight.Seeds, c.Weight.Epochs));
            left = [.. left.Where(c => c.Weight.Epochs > weight.Epochs && 2 * c.Weight.Epochs >= 3 * weight.Epochs)];
            if (left.Length == 0)
            {
                return best;
            }
        }
    }
}
