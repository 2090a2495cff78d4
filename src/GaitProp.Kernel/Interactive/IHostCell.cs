namespace GaitProp.Kernel.Interactive;

/// <summary>
/// A cell of .NET Interactive. <c>extension.dib</c>, which that host compiles itself, implements it with the host's own types, so that this assembly needs none of them. Any thread may
/// call it.
/// </summary>
public interface IHostCell
{
    /// <summary>The C# variables of the notebook.</summary>
    IReadOnlyDictionary<string, object?> Variables { get; }

    /// <summary>Writes text, as it comes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isError">To standard error instead of standard output.</param>
    void Write(string text, bool isError);

    /// <summary>Shows something.</summary>
    /// <param name="id">Names it, for <see cref="Update"/>.</param>
    /// <param name="forms">Its forms by MIME type; binary ones in base64.</param>
    void Display(string id, IReadOnlyDictionary<string, string> forms);

    /// <summary>Replaces what was shown.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="forms">The new forms by MIME type.</param>
    void Update(string id, IReadOnlyDictionary<string, string> forms);

    /// <summary>Declares a C# variable, or declares it again.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="type">Its type, a public one.</param>
    void SetVariable(string name, object value, Type type);
}
