namespace GaitProp.Notebook.Protocol;

/// <summary>The sockets on which messages come in and go out; the heartbeat carries none.</summary>
internal enum KernelChannel
{
    /// <summary>Requests.</summary>
    Shell,

    /// <summary>Requests that do not wait for a cell.</summary>
    Control,

    /// <summary>Questions to the user, and answers.</summary>
    Stdin,

    /// <summary>Outputs, to every client.</summary>
    Publish,
}
