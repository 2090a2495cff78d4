namespace GaitProp.Notebook.CSharp;

/// <summary>Why a text does not compile.</summary>
/// <param name="Id">The error's number: <c>CS0103</c>.</param>
/// <param name="Message">What is wrong, in one line.</param>
/// <param name="Place">Where: <c>Cell [3], line 2, column 5</c>.</param>
/// <param name="Source">The line, or an empty text.</param>
/// <param name="Mark">What stands under it: a mark under the place.</param>
internal sealed record CompileError(string Id, string Message, string Place, string Source = "", string Mark = "");
