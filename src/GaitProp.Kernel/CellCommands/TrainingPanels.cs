using GaitProp.Kernel.Terminal;
using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.CellCommands;

/// <summary>Shows runs in a cell while they train: one panel a run, redrawn in place.</summary>
internal sealed class TrainingPanels(ICellOutput output) : ITrainingDisplay
{
    private readonly List<TrainingPanel> _panels = [];

    /// <summary>Shows what the action trains. A run that the action leaves unfinished is shown as stopped.</summary>
    public static void Show(ICellOutput output, Action<ITrainingDisplay> action)
    {
        var panels = new TrainingPanels(output);
        try
        {
            action(panels);
        }
        finally
        {
            panels._panels.ForEach(p => p.Close());
        }
    }

    /// <inheritdoc/>
    public IProgress<TrainingProgress> Add(string label)
    {
        var panel = new TrainingPanel(output, label);
        _panels.Add(panel);
        return panel;
    }
}
