using System.Collections;
using System.Reflection;
using GaitProp.Kernel.Formatters;
using GaitProp.Kernel.Tests.Charts;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Tests.Interactive;

/// <summary>What .NET Interactive's formatting looks for by name alone, looked for in the same way.</summary>
public sealed class ConventionalFormattersTests
{
    [Fact]
    public void Every_type_of_ours_that_has_forms_says_where_they_are()
    {
        GaitPropFormatters.Register();
        var own = RichFormatter.Types.Where(t => t.Namespace!.StartsWith("GaitProp", StringComparison.Ordinal)).ToArray();

        Assert.True(own.Length >= 12, $"{own.Length} types");
        Assert.All(
            own,
            type =>
            {
                var attribute = Convention(type);
                Assert.NotNull(attribute);
                Assert.Equal(Formatter.GetPreferredMimeTypesFor(type).Order(), Property<string[]>(attribute, "PreferredMimeTypes").Order());
            }
        );
    }

    [Fact]
    public void A_value_looks_as_it_does_by_registration()
    {
        using var network = Network.Build(Architectures.Define("imagenet", [3, 32, 32], 10), AuxiliaryUnits.Implicit, seed: 1);
        Assert.Equal(network.ToDisplayString("text/html"), Form(network, "text/html"));
        Assert.Equal(network.ToDisplayString("text/plain"), Form(network, "text/plain"));
        Assert.Null(Form(network, "image/png"));

        Figure figure = SampleFigures.Tiny();
        Assert.Equal(figure.ToDisplayString("image/png"), Form(figure, "image/png"));
    }

    private static object? Convention(Type type) =>
        type.GetCustomAttributes(inherit: true).SingleOrDefault(a => a.GetType().Name == "TypeFormatterSourceAttribute");

    private static T Property<T>(object of, string name) => (T)of.GetType().GetProperty(name)!.GetValue(of)!;

    private static string? Form(object value, string mime)
    {
        var source = Activator.CreateInstance(Property<Type>(Convention(value.GetType())!, "FormatterSourceType"))!;
        var formatters = (IEnumerable)source.GetType().GetMethod("CreateTypeFormatters")!.Invoke(source, null)!;
        var formatter = formatters.Cast<object>().Single(f => Property<string>(f, "MimeType") == mime);
        using var writer = new StringWriter();
        return (bool)
            formatter.GetType().GetMethod("Format", BindingFlags.Instance | BindingFlags.Public)!.Invoke(formatter, [value, writer])!
            ? writer.ToString()
            : null;
    }
}
