namespace GaitProp.Figures;

/// <summary>The paper's three schemes side by side: what goes up through a network, and what each rule sends down it.</summary>
internal static class SchemeDrawing
{
    private const double SchemeWidth = 262;
    private const double Top = 52;
    private const double Between = 84;
    private const double UnitWidth = 74;
    private const double UnitHeight = 26;

    /// <summary>Few typefaces have a raised T.</summary>
    private const string Transposed = "W^T";

    private static readonly string[] Layers = ["y", "a₂", "a₁", "x"];

    /// <summary>Draws them.</summary>
    public static Drawing Draw() =>
        Drawing.Beside(
            Scheme(
                "Backpropagation",
                "errors through the transpose",
                ["δ = ∂L/∂y", "δ₂", "δ₁"],
                [Transposed, Transposed],
                [0, 0, 0],
                "needs the transpose of each weight,",
                "which neurons do not know"
            ),
            Scheme(
                "GAIT-prop",
                "targets through the inverse",
                ["t", "t₂", "t₁"],
                ["W⁻¹", "W⁻¹"],
                [30, 10, 2],
                "t − a shrinks by γ in each layer,",
                "until rounding takes it"
            ),
            Scheme(
                "Normalised GAIT-prop",
                "the same, renormalised",
                ["t", "t₂", "t₁"],
                ["W⁻¹, η", "W⁻¹, η"],
                [30, 18, 18],
                "RMS(t − a) is η in every layer:",
                "γ = η √n / ‖t − a‖"
            )
        );

    /// <summary>
    /// One scheme: activations to the left, going up in black, and to the right of each, as far from it as it lies from the activation,
    /// what comes down.
    /// </summary>
    private static Drawing Scheme(
        string title,
        string subtitle,
        string[] down,
        string[] ways,
        double[] distances,
        string note,
        string more
    ) => new(SchemeWidth, Top + (3 * Between) + UnitHeight + 52, [.. Shapes(title, subtitle, down, ways, distances, note, more)]);

    private static IEnumerable<DrawingShape> Shapes(
        string title,
        string subtitle,
        string[] down,
        string[] ways,
        double[] distances,
        string note,
        string more
    )
    {
        const double left = 0,
            middle = SchemeWidth / 2;
        yield return new DrawingText(middle, 12, title) { Size = 15, IsStrong = true };
        yield return new DrawingText(middle, 32, subtitle);
        var isTarget = distances[0] > 0;
        var activation = left + 40;
        for (var l = 0; l < Layers.Length; l++)
        {
            var y = Top + (l * Between);
            yield return new DrawingBox(
                activation,
                y,
                UnitWidth,
                UnitHeight,
                l == Layers.Length - 1 ? DrawingTone.Muted : DrawingTone.Auxiliary
            );
            yield return new DrawingText(activation + (UnitWidth / 2), y + (UnitHeight / 2), Layers[l]) { Size = 14 };
            if (l < Layers.Length - 1)
            {
                var up = activation + (UnitWidth / 2);
                yield return new DrawingArrow(up, y + Between, up, y + UnitHeight + 2, DrawingTone.Ink);
                yield return new DrawingText(up - 8, y + ((Between + UnitHeight) / 2), "W", DrawingAlign.Right);
            }
        }

        var column = activation + UnitWidth + 50;
        for (var l = 0; l < down.Length; l++)
        {
            var y = Top + (l * Between);
            var x = isTarget ? activation + UnitWidth + 4 + distances[l] : column - 14;
            yield return new DrawingBox(x, y, isTarget ? 44 : 78, UnitHeight, DrawingTone.Target);
            yield return new DrawingText(x + (isTarget ? 22 : 39), y + (UnitHeight / 2), down[l]) { Size = 14 };
            if (l < ways.Length)
            {
                var next = isTarget ? activation + UnitWidth + 4 + distances[l + 1] + 22 : x + 39;
                yield return new DrawingArrow(isTarget ? x + 22 : x + 39, y + UnitHeight, next, y + Between - 2, DrawingTone.Target);
                var (label, at) = (Math.Max(next, x + 22) + 12, y + ((Between + UnitHeight) / 2));
                yield return new DrawingText(label, at, ways[l] == Transposed ? "W" : ways[l], DrawingAlign.Left);
                if (ways[l] == Transposed)
                {
                    yield return new DrawingText(label + 14, at - 6, "T", DrawingAlign.Left) { Size = 10 };
                }
            }
        }

        var bottom = Top + (3 * Between) + UnitHeight;
        yield return new DrawingText(middle, bottom + 20, note) { Size = 12 };
        if (more.Length > 0)
        {
            yield return new DrawingText(middle, bottom + 38, more) { Size = 12 };
        }
    }
}
