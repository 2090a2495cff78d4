using System.Text.Json.Serialization;

namespace GaitProp.Notebook.Worker;

/// <summary>
/// How a <see cref="Frame"/> is written as JSON, made by the compiler: a worker that starts does not look at types first. JSON of a cell
/// may be 64 levels deep, and stands some levels deep in a frame.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    MaxDepth = 100
)]
[JsonSerializable(typeof(Frame))]
internal sealed partial class FrameJson : JsonSerializerContext;
