using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Formatters;

/// <summary>Update angles: their table, and as a picture the heat map.</summary>
internal static class AngleTableFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() =>
        RichFormatter.Register<AngleTable>(
            table => CellHtml.Card("update angles", "degrees to BP in float64, one batch", TableHtml.Of(AngleGrid.Of(table))),
            table => TableText.Of(AngleGrid.Of(table)),
            table => StaticFigure.Light(AngleFigure.Of("angles", "Update angles to backpropagation", "", table), StaticTheme.Paper)
        );
}
