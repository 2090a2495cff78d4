namespace GaitProp.Notebook;

/// <summary>Something that the person at the keyboard can mend. The message is one line: what is wrong, where, and what to do.</summary>
/// <param name="message">The message. Line breaks, such as a word that it quotes may hold, become spaces; other control characters become
/// visible.</param>
/// <param name="cause">The cause, if another exception was.</param>
internal sealed class NotebookException(string message, Exception? cause = null)
    : Exception(VisibleText.Of(message.ReplaceLineEndings(" ")), cause);
