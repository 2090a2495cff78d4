using System.Globalization;

namespace GaitProp.Figures;

/// <summary>Networks side by side: units, parameters and operations of each layer, kept and auxiliary. A row a network.</summary>
internal static class ArchitectureFigure
{
    /// <summary>Draws up the figure.</summary>
    /// <param name="name">The figure's name, also of its files.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="caption">What is shown.</param>
    /// <param name="networks">The plans.</param>
    public static Figure Of(string name, string title, string caption, IReadOnlyList<NetworkDefinition> networks)
    {
        var letters = "BCDEFGHIJKLMNOPQRSTUVWXYZ".Select(c => c.ToString()).GetEnumerator();
        var stacks = new Panel("A", "Layers, from the input up", new Axis(""), new Axis(""), [], PanelKind.Drawing)
        {
            Drawing = NetworkDrawing.Draw(networks),
            IsWide = true,
        };
        return new Figure(name, title, caption, [stacks, .. networks.SelectMany(Panels)]);

        IEnumerable<Panel> Panels(NetworkDefinition network)
        {
            var layers = network.Sizes();
            var axis = new Axis("layer", [.. layers.Select((_, i) => (i + 1).ToString(CultureInfo.InvariantCulture))]);
            yield return Panel($"{network.Name}: units", "units", l => l.KeptUnits, l => l.AuxiliaryUnits);
            yield return Panel($"{network.Name}: parameters", "weights and biases", l => l.KeptParameters, l => l.AuxiliaryParameters);
            yield return Panel($"{network.Name}: forward pass", "Mflop per image", l => l.KeptFlops / 1e6, l => l.AuxiliaryFlops / 1e6);

            Panel Panel(string heading, string measure, Func<LayerSize, double> kept, Func<LayerSize, double> auxiliary)
            {
                letters.MoveNext();
                double[] places = [.. Enumerable.Range(0, layers.Count).Select(l => (double)l)];
                return new(
                    letters.Current,
                    heading,
                    axis,
                    new Axis(measure),
                    [
                        new("kept", "kept", places, [.. layers.Select(kept)]),
                        new("auxiliary", "auxiliary, where explicit", places, [.. layers.Select(auxiliary)]),
                    ],
                    PanelKind.Bars
                );
            }
        }
    }
}
