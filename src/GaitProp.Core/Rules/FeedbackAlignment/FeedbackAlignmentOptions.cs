using System.Text.Json.Serialization;

namespace GaitProp.Rules.FeedbackAlignment;

/// <summary>What the random feedback weights of FA are drawn from.</summary>
public enum FeedbackSource
{
    /// <summary>Seeds of their own: they are unlike any forward weights.</summary>
    Own,

    /// <summary>
    /// The seed of the next layer's forward weights, as in the paper's own code. Where both have one shape, a layer's feedback <i>is</i> the weight that the layer above began with.
    /// Where they have not, a seed fills another shape with other numbers; here they are then those of <see cref="Own"/>.
    /// </summary>
    NextLayer,
}

/// <summary>Settings of <see cref="FeedbackAlignmentRule"/>.</summary>
public sealed record FeedbackAlignmentOptions : RuleOptions
{
    /// <summary>What feedback weights are drawn from. Default: seeds of their own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FeedbackSource Feedback { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!Enum.IsDefined(Feedback))
        {
            throw new GaitPropException($"feedback {(int)Feedback} is not possible: choose own or next-layer.");
        }
    }
}
