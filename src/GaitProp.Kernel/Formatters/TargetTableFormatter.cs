using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// How far targets lie from activations, and what each arithmetic makes of that: figure 1 in panels and, folded, in numbers.
/// </summary>
internal static class TargetTableFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() =>
        RichFormatter.Register<TargetTable>(
            table =>
                CellHtml.Card(
                    "targets",
                    "distance of targets from activations, its relative error, angle of the update",
                    CellHtml.Chart(Figure(table)) + CellHtml.Folded("numbers", TableHtml.Of(TargetGrid.Of(table)))
                ),
            table => TableText.Of(TargetGrid.Of(table)),
            table => StaticFigure.Light(Figure(table), StaticTheme.Paper)
        );

    private static Figure Figure(TargetTable table) => TargetFigure.Of("fig1", "", "", table);
}
