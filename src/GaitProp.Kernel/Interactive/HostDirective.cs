namespace GaitProp.Kernel.Interactive;

/// <summary>A magic command, or one of its verbs, as .NET Interactive wants to be told of it.</summary>
/// <param name="Name">Its word: <c>#!gaitprop</c>, or a verb.</param>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="Parameters">Its options, and what stands without a name.</param>
/// <param name="Verbs">Its verbs; a verb has none of its own, since the host knows one level: those stand without a name.</param>
public sealed record HostDirective(string Name, string Description, IReadOnlyList<HostParameter> Parameters, IReadOnlyList<HostDirective> Verbs);

/// <summary>An option of a directive.</summary>
/// <param name="Name">Its word, with its dashes; empty for what stands without a name.</param>
/// <param name="Description">What it means.</param>
/// <param name="IsFlag">It takes no value.</param>
/// <param name="Values">What could be its value, asked for when somebody completes it.</param>
public sealed record HostParameter(string Name, string Description, bool IsFlag, Func<IReadOnlyList<string>> Values);
