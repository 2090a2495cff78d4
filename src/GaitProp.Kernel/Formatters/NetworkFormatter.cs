using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Formatters;

/// <summary>Networks, their layers and their plans: a row for each layer, with a bar of its kept and auxiliary units.</summary>
internal static class NetworkFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<Network>(
            network =>
                network.IsDisposed
                    ? CellHtml.Card(
                        $"network {network.Name}",
                        "disposed",
                        $"<span style=\"{CellHtml.Muted}\">Its weights have been given back.</span>"
                    )
                    : CellHtml.Card($"network {network.Name}", Words(network), TableHtml.Of(NetworkTable.Of(network))),
            network =>
                network.IsDisposed
                    ? $"network {network.Name} (disposed)"
                    : TableText.Of(NetworkTable.Of(network) with { Title = $"network {network.Name}: {Words(network)}" })
        );
        RichFormatter.Register<Layer>(
            layer =>
                CellHtml.Card(
                    layer.Name,
                    layer.IsDisposed ? "disposed" : layer.Kind,
                    layer.IsDisposed ? "" : TableHtml.Of(NetworkTable.Of(layer))
                ),
            layer =>
                layer.IsDisposed
                    ? $"{layer.Name} (disposed)"
                    : TableText.Of(NetworkTable.Of(layer) with { Title = $"{layer.Name}: {layer.Kind}" })
        );
        RichFormatter.Register<IReadOnlyList<Layer>>(
            layers =>
                CellHtml.Card("layers", Number.Whole(layers.Count), TableHtml.Of(NetworkTable.Of([.. layers.Where(l => !l.IsDisposed)]))),
            layers => TableText.Of(NetworkTable.Of([.. layers.Where(l => !l.IsDisposed)]))
        );
        RichFormatter.Register<NetworkDefinition>(
            plan => CellHtml.Card($"plan {plan.Name}", Words(plan), TableHtml.Of(PlanTable.Of(plan))),
            plan => TableText.Of(PlanTable.Of(plan) with { Title = $"plan {plan.Name}: {Words(plan)}" })
        );
    }

    private static string Words(Network network) =>
        Text(
            $"{network.Layers.Count} layers, {network.Parameters:N0} parameters, {network.DataType.ToString().ToLowerInvariant()}, {network.Device}"
        );

    private static string Words(NetworkDefinition plan) => Text($"input {string.Join('x', plan.InputShape)}, {plan.Layers.Count} layers");
}
