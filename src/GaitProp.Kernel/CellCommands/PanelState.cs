namespace GaitProp.Kernel.CellCommands;

/// <summary>Where the run of a panel stands.</summary>
internal enum PanelState
{
    /// <summary>It will come.</summary>
    Waiting,

    /// <summary>It trains.</summary>
    Running,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>It was stopped before its end: by the user, or by an error.</summary>
    Stopped,

    /// <summary>It did not come, for what came before it was stopped.</summary>
    NotBegun,
}
