namespace GaitProp;

/// <summary>Where a run stands: what its <c>run.json</c> says, and whether a process is at work on it.</summary>
public enum RunState
{
    /// <summary>A process writes it.</summary>
    Running,

    /// <summary>Its process died before it could say how the run ended.</summary>
    Stopped,

    /// <summary>All epochs done.</summary>
    Finished,

    /// <summary>Stopped by the user.</summary>
    Interrupted,

    /// <summary>Stopped by an error.</summary>
    Failed,

    /// <summary>Stopped because its values are no longer finite.</summary>
    Diverged,

    /// <summary>Its <c>run.json</c> does not tell: <see cref="RunSummary.Problem"/> says why.</summary>
    Damaged,
}
