using System.Globalization;
using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>The layers of a network's plan, with the units that they keep and those that make them square.</summary>
internal static class PlanTable
{
    /// <summary>Draws up the table. The sizes of a plan that does not fit together end where it does not.</summary>
    /// <param name="plan">The plan.</param>
    public static Table Of(NetworkDefinition plan)
    {
        IReadOnlyList<LayerSize> sizes = [];
        var problem = "";
        try
        {
            sizes = plan.Sizes();
        }
        catch (GaitPropException e)
        {
            problem = e.Message;
        }

        return new Table(
            [
                new("", Quantity.Words),
                new("layer", Quantity.Words),
                new("passes on", Quantity.Words),
                new("units kept", Quantity.Count),
                new("auxiliary", Quantity.Count),
                new("parameters kept", Quantity.Count),
                new("auxiliary", Quantity.Count),
            ],
            [
                .. plan.Layers.Select(
                    (layer, l) =>
                        sizes.ElementAtOrDefault(l) is { } size
                            ? new Row([
                                (l + 1).ToString(CultureInfo.InvariantCulture),
                                layer.ToString(),
                                string.Join('x', size.OutputShape),
                                size.KeptUnits,
                                size.AuxiliaryUnits,
                                size.KeptParameters,
                                size.AuxiliaryParameters,
                            ])
                            : new Row([(l + 1).ToString(CultureInfo.InvariantCulture), layer.ToString(), null, null, null, null, null])
                ),
            ]
        )
        {
            Keys = 2,
            Notes = problem.Length > 0 ? [] : ["Auxiliary units are those that a rule needs which inverts layers; others do without."],
            Problems = problem.Length > 0 ? [problem] : [],
        };
    }
}
