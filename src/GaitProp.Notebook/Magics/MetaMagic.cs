namespace GaitProp.Notebook.Magics;

/// <summary><c>#!meta</c>: what Polyglot Notebooks writes at the head of a .dib file; it says nothing that counts here.</summary>
internal sealed class MetaMagic : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!meta"];

    /// <inheritdoc/>
    public override string Description => "The head of a .dib file: the lines below are passed over.";

    /// <inheritdoc/>
    public override string Example => "#!meta\n{\"kernelInfo\":{\"defaultKernelName\":\"csharp\"}}";

    /// <inheritdoc/>
    public override bool TakesBody => true;
}
