namespace GaitProp.Notebook.Diagrams;

/// <summary>A diagram that the kit does not draw; the message says which line, and why.</summary>
/// <param name="message">What it is.</param>
internal sealed class DiagramException(string message) : Exception(message);
