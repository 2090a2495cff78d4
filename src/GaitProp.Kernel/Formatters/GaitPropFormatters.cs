namespace GaitProp.Kernel.Formatters;

/// <summary>What the kit's values look like in a cell.</summary>
internal static class GaitPropFormatters
{
    private static readonly Lazy<bool> Registered = new(() =>
    {
        TensorFormatter.Register();
        NetworkFormatter.Register();
        GradientFormatter.Register();
        RunFormatter.Register();
        ComparisonFormatter.Register();
        EvaluationFormatter.Register();
        AngleTableFormatter.Register();
        ImagesFormatter.Register();
        FigureFormatter.Register();
        TableFormatter.Register();
        ChartFormatter.Register();
        ExperimentFormatter.Register();
        ExceptionFormatter.Register();
        DataTableFormatter.Register();
        JsonFormatter.Register();

        // Last: what has a form by now keeps it.
        ValueFormatter.Register();
        return true;
    });

    /// <summary>
    /// Registers all of them with <c>Microsoft.DotNet.Interactive.Formatting</c>, once: what a user registers afterwards for the same type
    /// stands above.
    /// </summary>
    public static void Register() => _ = Registered.Value;
}
