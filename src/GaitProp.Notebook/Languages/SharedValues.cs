using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Notebook.Languages;

/// <summary>
/// The variables of all languages of a notebook, as a language sees them that has a use for them: the objects themselves.
/// </summary>
internal static class SharedValues
{
    /// <summary>The value of a variable: C#'s, or that of another language.</summary>
    /// <param name="asking">The language that asks, which is not asked itself.</param>
    /// <param name="name">The variable's name; its case does not matter where only one fits.</param>
    /// <returns>The variable's own name and its value; <see langword="null"/> if there is none.</returns>
    public static (string Name, object? Value)? Find(Kernel asking, string name)
    {
        foreach (
            var kernel in Languages(asking)
                .Where(k => k != asking && k.SupportsCommandType(typeof(RequestValueInfos)) && k.SupportsCommandType(typeof(RequestValue)))
        )
        {
            var names = Names(kernel);
            if (
                (
                    names.FirstOrDefault(n => n == name)
                    ?? names.FirstOrDefault(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase))
                ) is
                { } found
            )
            {
                // The object comes along with any form. JSON of a long sequence takes seconds, and of one without end it never comes; text shows
                // the first few. A language whose values are elsewhere hands them over as JSON alone.
                return (found, Asked(kernel, found, PlainTextFormatter.MimeType) ?? Asked(kernel, found, "application/json"));
            }
        }

        return null;
    }

    /// <summary>The names of a language's variables.</summary>
    /// <param name="kernel">The language.</param>
    public static IReadOnlyList<string> Names(Kernel kernel) =>
        [.. Events<ValueInfosProduced>(kernel, new RequestValueInfos(kernel.Name)).SelectMany(e => e.ValueInfos).Select(i => i.Name)];

    /// <summary>Keeps a value in a variable of C#.</summary>
    /// <param name="asking">The language that has it.</param>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="CellException">It cannot be kept there.</exception>
    public static void Keep(Kernel asking, string name, object value)
    {
        var kernel =
            asking.RootKernel.FindKernelByName(LanguageKernel.CSharp)
            ?? throw new CellException($"'{name}' cannot be kept: this notebook has no C#.");
        var sent = kernel
            .SendAsync(new SendValue(name, value, new FormattedValue(PlainTextFormatter.MimeType, value.GetType().Name), kernel.Name))
            .GetAwaiter()
            .GetResult();
        if (sent.Events.OfType<CommandFailed>().FirstOrDefault() is { } failed)
        {
            throw new CellException($"'{name}' cannot be kept in C#: {failed.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The languages, C# first.</summary>
    private static IEnumerable<Kernel> Languages(Kernel asking) =>
        asking.RootKernel is CompositeKernel all ? all.ChildKernels.OrderBy(k => k.Name != LanguageKernel.CSharp) : [asking.RootKernel];

    private static object? Asked(Kernel kernel, string name, string mime) =>
        Events<ValueProduced>(kernel, new RequestValue(name, mime, kernel.Name)).FirstOrDefault()?.Value;

    private static IEnumerable<T> Events<T>(Kernel kernel, KernelCommand command)
        where T : KernelEvent => kernel.SendAsync(command).GetAwaiter().GetResult().Events.OfType<T>();
}
