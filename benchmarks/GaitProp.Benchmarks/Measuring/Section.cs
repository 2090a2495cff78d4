namespace GaitProp.Benchmarks.Measuring;

/// <summary>A part of the report that is measured at one go, in one run.</summary>
/// <param name="Name">Its name for <c>--only</c>: words with slashes between them, from the area down.</param>
/// <param name="Measure">Measures it: told how long it may take and whom to tell how far it is; the text below its heading.</param>
internal sealed record Section(string Name, Func<TimeSpan, Action<string>, string> Measure);
