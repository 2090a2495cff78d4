using Spectre.Console;
using Spectre.Console.Rendering;

namespace GaitProp.Kernel.Terminal;

/// <summary>
/// Makes control characters visible in everything that a console draws; what Spectre.Console itself tells the terminal passes.
/// </summary>
internal sealed class VisibleWords : IRenderHook
{
    /// <summary>Attaches the hook to a console until it is disposed of.</summary>
    /// <param name="console">The console.</param>
    public static IDisposable On(IAnsiConsole console) => new RenderHookScope(console, new VisibleWords());

    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(r => new Visible(r));

    private sealed class Visible(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner
                .Render(options, maxWidth)
                .Select(s => s.IsControlCode || s.IsLineBreak ? s : new Segment(VisibleText.Of(s.Text), s.Style));
    }
}
