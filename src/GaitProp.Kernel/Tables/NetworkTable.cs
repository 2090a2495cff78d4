using System.Globalization;
using GaitProp.Figures;
using GaitProp.Layers;

namespace GaitProp.Kernel.Tables;

/// <summary>The layers of a network: shapes, kept and auxiliary units, parameters and operations.</summary>
internal static class NetworkTable
{
    private const string Operations = "Mflop: one image's forward pass, two operations per weight and position.";

    private static readonly Quantity Millions = new("", v => (v / 1e6).ToString("N2", CultureInfo.InvariantCulture));

    /// <summary>Draws up the table of a network, with its input and its sums.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Whether the condition and the orthogonality defect of weights are computed, which takes a while for large
    /// ones.</param>
    public static Table Of(Network network, bool weights = false)
    {
        var input = network.Layers[0].InputShape;
        var units = Shapes.Units(input);
        var largest = Math.Max(units, network.Layers.Max(l => l.Units));
        var table = Of(network.Layers, largest, weights);
        return table with
        {
            Rows =
            [
                Apart(name =>
                    name switch
                    {
                        "layer" => "input",
                        "passes on" => Shape(input),
                        "units" => units,
                        Bars => new WordedBar(new Bar(Length(units, largest), 0, AuxiliaryUnits.None), Words(units, 0)),
                        _ => "",
                    }
                ),
                .. table.Rows,
            ],
            Sum = Apart(name =>
                name switch
                {
                    "layer" => "all",
                    "parameters" => network.Parameters,
                    "gains" => network.Layers.Sum(l => l.Gain?.numel() ?? 0),
                    "Mflop" => network.Layers.Sum(l => l.Flops),
                    _ => "",
                }
            ),
        };

        Row Apart(Func<string, object?> cell) => new([.. table.Columns.Select(c => cell(c.Name))]);
    }

    /// <summary>Draws up the table of a layer.</summary>
    /// <param name="layer">The layer.</param>
    public static Table Of(Layer layer)
    {
        return Of([layer]);
    }

    /// <summary>Draws up the table of some layers.</summary>
    /// <param name="layers">The layers, from the input up.</param>
    public static Table Of(IReadOnlyList<Layer> layers)
    {
        return Of(layers, layers.Select(l => l.Units).DefaultIfEmpty(1).Max(), weights: false);
    }

    private const string Bars = "kept, auxiliary";

    private static Table Of(IReadOnlyList<Layer> layers, long largest, bool weights)
    {
        var columns = new (Column Column, Func<Layer, object?> Cell, bool IsShown)[]
        {
            (new("layer", Quantity.Words), l => l.Size.Name, true),
            (new("passes on", Quantity.Words), l => Shape(l.OutputShape), true),
            (new(Bars, Quantity.Words), l => BarOf(l, largest), true),
            (new("units", Quantity.Count), l => l.Units, true),
            (new("auxiliary", Quantity.Count), l => l.Outputs == l.Keep ? null : (l.Outputs - l.Keep) * (l.Units / l.Outputs), true),
            (
                new("weight", Quantity.Words),
                l => l.Weights.Count == 0 ? null : string.Join(", ", l.Weights.Select(w => Shape(w.shape))),
                true
            ),
            (new("parameters", Quantity.Count), l => l.Parameters, true),
            (new("gains", Quantity.Count), l => l.Gain?.numel(), layers.Any(l => l.Gain is not null)),
            (new("Mflop", Millions), l => l.Flops, true),
            (new("condition", Quantity.Ratio), l => l.Weights.Count == 0 ? null : l.ConditionNumber(), weights),
            (new("defect", Quantity.Error), l => l.Weights.Count == 0 ? null : l.Defect(), weights),
        }
            .Where(c => c.IsShown)
            .ToArray();
        AuxiliaryUnits[] kinds = [.. layers.Select(l => l.Auxiliary).Where(k => k != AuxiliaryUnits.None).Distinct()];
        var auxiliary = kinds.Select(k =>
            k == AuxiliaryUnits.Implicit
                ? " Auxiliary: implicit units, which are never computed."
                : " Auxiliary: units only there to invert the layer."
        );
        var looks = kinds.Select(k => k == AuxiliaryUnits.Implicit ? ", auxiliary dashed" : ", auxiliary hatched");
        return new Table(
            [new("", Quantity.Words), .. columns.Select(c => c.Column)],
            [
                .. layers.Select(
                    (layer, l) => new Row([(l + 1).ToString(CultureInfo.InvariantCulture), .. columns.Select(c => c.Cell(layer))])
                ),
            ]
        )
        {
            Keys = 2,
            Notes =
            [
                $"Kept: units that the next layer sees.{string.Concat(auxiliary)} Where bars are drawn: kept solid{string.Concat(looks)}, as long as the square root of the units.",
                Operations,
            ],
        };
    }

    private static WordedBar BarOf(Layer layer, long largest)
    {
        var length = Length(layer.Units, largest);
        var (kept, others) = (layer.Size.KeptUnits, layer.Units - layer.Size.KeptUnits);
        return new(new(length * kept / layer.Units, length * others / layer.Units, layer.Auxiliary), Words(kept, others));
    }

    private static string Words(long kept, long auxiliary) =>
        Text($"{kept:N0} kept") + (auxiliary > 0 ? Text($", {auxiliary:N0} auxiliary") : "");

    private static double Length(long units, long largest) => Math.Sqrt((double)units / largest);

    private static string Shape(IEnumerable<long> shape) => string.Join('x', shape);
}
