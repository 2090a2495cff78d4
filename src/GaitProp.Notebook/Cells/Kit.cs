using Microsoft.DotNet.Interactive;

namespace GaitProp.Notebook.Cells;

/// <summary>What a program brings along for the cells that it runs. The host itself knows of nothing beyond C#.</summary>
internal sealed record Kit
{
    /// <summary>Its name, as <c>#!about</c> says it.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>A folder of this user for what can be made again.</summary>
    public required string Cache { get; init; }

    /// <summary>The namespaces that cells use without saying so.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>Adds directives. Called before the first cell that has a directive, and for the languages that editors ask.</summary>
    public Action<CompositeKernel> Extend { get; init; } = _ => { };

    /// <summary>Adds languages alone. Called once an engine, before the first cell that has a directive.</summary>
    public Action<CompositeKernel> AddLanguages { get; init; } = _ => { };

    /// <summary>An array in the place of a value that is one in another form, such as a tensor; any other value as it is.</summary>
    public Func<object, object> Plain { get; init; } = value => value;

    /// <summary>Registers how values look. Called once a process, before the first value is shown.</summary>
    public Action RegisterFormatters { get; init; } = () => { };

    /// <summary>
    /// Libraries that need something done before code of a cell uses them, by the names of their assemblies. An exception's message is the
    /// cell's error.
    /// </summary>
    public IReadOnlyDictionary<string, Action> BeforeUse { get; init; } = new Dictionary<string, Action>();

    /// <summary>
    /// The version of a package that is part of the program, whatever files it came in; <see langword="null"/> if it is none of those.
    /// </summary>
    public Func<string, string?> CarriedVersion { get; init; } = _ => null;

    /// <summary>An exception's message for people, and what only experts want to read of it.</summary>
    public Func<Exception, (string Sentence, string? Details)> Words { get; init; } = e => (e.Message, null);

    /// <summary>The bytes that an object holds outside of the collector's sight.</summary>
    public Func<object, long> BytesOutside { get; init; } = _ => 0;

    /// <summary>Gives memory outside of the collector's sight back to the system, after much of it has been let go.</summary>
    public Action GiveBack { get; init; } = () => { };

    /// <summary>What to say of a word that nobody knows, with its kind and the words there are: in one line.</summary>
    public Func<string, string, IEnumerable<string>, string> Unknown { get; init; } =
        (kind, word, known) => $"unknown {kind} '{word}'. Choose from {string.Join(", ", known)}.";
}
