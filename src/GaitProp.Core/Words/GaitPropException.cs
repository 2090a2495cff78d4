namespace GaitProp;

/// <summary>
/// A mistake or a condition that the person at the keyboard can mend. The message is one line: what is wrong, where, and what to do.
/// </summary>
public class GaitPropException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do. Line breaks, such as a word that it quotes may hold, become spaces;
    /// other control characters become visible.</param>
    /// <param name="innerException">The cause, if another exception was.</param>
    public GaitPropException(string message, Exception? innerException = null)
        : base(VisibleText.Of(message.ReplaceLineEndings(" ")), innerException) { }
}
