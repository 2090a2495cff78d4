using System.Text.Json.Serialization;

namespace GaitProp;

/// <summary>The losses that an experiment may choose.</summary>
public enum LossKind
{
    /// <summary>Softmax cross-entropy (<see cref="Loss.CrossEntropySum"/>).</summary>
    [JsonStringEnumMemberName("crossEntropy")]
    CrossEntropy,

    /// <summary>
    /// Half the squared error against one for the label's output and zero for the others (<see cref="Loss.HalfSquareSum"/>).
    /// </summary>
    [JsonStringEnumMemberName("mse")]
    Mse,
}
