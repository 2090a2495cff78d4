namespace GaitProp.Kernel.CellCommands;

/// <summary>
/// What a run's progress told since the panel was opened: angles by step, accuracy by epoch. Long runs are thinned out, never the last
/// points.
/// </summary>
internal sealed class TrainingHistory
{
    /// <summary>Points that a curve keeps; more do not show at its size.</summary>
    private const int MostPoints = 240;

    private readonly List<(long Step, IReadOnlyList<double?> Angles)> _angles = [];
    private readonly List<(int Epoch, double Train, double Test)> _accuracy = [];
    private long _anglesEvery = 1;

    /// <summary>Angles of all layers at steps, in order.</summary>
    public IReadOnlyList<(long Step, IReadOnlyList<double?> Angles)> Angles => _angles;

    /// <summary>Accuracy after epochs, in order.</summary>
    public IReadOnlyList<(int Epoch, double Train, double Test)> Accuracy => _accuracy;

    /// <summary>Takes what is new.</summary>
    public void Add(TrainingProgress progress)
    {
        if (progress is { AnglesStep: { } step, Angles.Count: > 0 } && (_angles.Count == 0 || step > _angles[^1].Step))
        {
            // The last point is always the latest; it stays only if it is one that is kept.
            if (_angles.Count > 1 && _angles[^1].Step < _angles[^2].Step + _anglesEvery)
            {
                _angles.RemoveAt(_angles.Count - 1);
            }

            _angles.Add((step, progress.Angles));
            if (_angles.Count > MostPoints)
            {
                _anglesEvery = Math.Max(1, 2 * (_angles[^1].Step - _angles[0].Step) / (_angles.Count - 1));
                var kept = _angles.Where((_, i) => i % 2 == 0 || i == _angles.Count - 1).ToArray();
                _angles.Clear();
                _angles.AddRange(kept);
            }
        }

        if (
            progress is { AccuracyEpoch: { } epoch, TrainAccuracy: { } train, TestAccuracy: { } test }
            && (_accuracy.Count == 0 || epoch > _accuracy[^1].Epoch)
        )
        {
            _accuracy.Add((epoch, train, test));
        }
    }
}
