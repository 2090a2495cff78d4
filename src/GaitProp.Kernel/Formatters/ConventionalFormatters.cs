using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// The forms of the kit's values for those who find them by convention (<see cref="GaitProp.Formatting.TypeFormatterSourceAttribute"/>):
/// they are those that <see cref="GaitPropFormatters"/> registers.
/// </summary>
public sealed class ConventionalFormatters
{
    private readonly string[] _mimeTypes = [FigureFormatter.Plotly, MimeBundle.Png, MimeBundle.Html, MimeBundle.PlainText];

    /// <summary>A formatter for each form that any of the kit's types has.</summary>
    public IEnumerable<ConventionalFormatter> CreateTypeFormatters()
    {
        GaitPropFormatters.Register();
        return _mimeTypes.Select(mime => new ConventionalFormatter(mime));
    }
}

/// <summary>Writes one form of a value.</summary>
public sealed class ConventionalFormatter
{
    internal ConventionalFormatter(string mimeType) => MimeType = mimeType;

    /// <summary>The form.</summary>
    public string MimeType { get; }

    /// <summary>Writes the form of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="writer">Takes it.</param>
    /// <returns>Whether there is such a form.</returns>
    public bool Format(object value, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (RichFormatter.Form(value, MimeType) is not { Length: > 0 } form)
        {
            return false;
        }

        writer.Write(form);
        return true;
    }
}
