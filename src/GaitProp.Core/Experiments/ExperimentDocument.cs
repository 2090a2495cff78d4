using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// An experiment file with what it extends: from it comes an <see cref="Experiment"/> for each rule. JSON with comments and trailing
/// commas; the fields and which of them win are told in <c>docs/formats.md</c>.
/// </summary>
internal sealed class ExperimentDocument
{
    /// <summary>The file and what it extends, the base first.</summary>
    private readonly IReadOnlyList<ExperimentFile> _files;

    private ExperimentDocument(IReadOnlyList<ExperimentFile> files)
    {
        _files = files;
        var own = files[^1];
        Name = own.Name ?? own.Source.DefaultName;
        Title = own.Title ?? Name;
        PresetNames = [.. Presets.Names.Union(files.SelectMany(f => f.Presets))];
        Preset = files.LastOrDefault(f => f.Preset is not null)?.Preset ?? Presets.Default;
        Sweep = files.LastOrDefault(f => f.Sweep is not null)?.Sweep ?? [];
        Seeds = files.LastOrDefault(f => f.Seeds is not null)?.Seeds ?? [1];
        Rules = files.Aggregate((IReadOnlyList<string>)[], (rules, file) => file.Rules ?? [.. rules.Union(file.AddedRules)]);
        Check(own.Source.Label);
    }

    /// <summary>The names of the experiments that need no file of the user's.</summary>
    public static IReadOnlyList<string> BuiltIn => ExperimentSource.BuiltIn;

    /// <summary>The experiment's name; runs are filed under it. The file's name, without <c>.json</c>, if it gives none.</summary>
    public string Name { get; }

    /// <summary>Its heading; the name if it has none.</summary>
    public string Title { get; }

    /// <summary>The heading of a run: the title, which says what network the file has, or the network where another is set.</summary>
    /// <param name="experiment">The run's.</param>
    public string TitleOf(Experiment experiment) =>
        experiment.Network == Resolve(Rules[0]).Network ? Title : $"{Name} with the network {experiment.Network}";

    /// <summary>The rules that it compares, in order, some with additions (<see cref="RuleVariant"/>).</summary>
    public IReadOnlyList<string> Rules { get; }

    /// <summary>Its seeds; 1 if it names none.</summary>
    public IReadOnlyList<int> Seeds { get; }

    /// <summary>The fields that it sweeps, with their values; none if it sweeps none.</summary>
    internal IReadOnlyList<SweepAxis> Sweep { get; }

    /// <summary>The names of its presets: <c>paper</c> and <c>fast</c>, which every experiment has, then its own.</summary>
    public IReadOnlyList<string> PresetNames { get; }

    /// <summary>The preset that is used if none is chosen.</summary>
    public string Preset { get; }

    /// <summary>Opens an experiment and checks all of it: every rule, in every preset that it sets something for.</summary>
    /// <param name="nameOrPath">One of <see cref="BuiltIn"/>, or the path of a <c>.json</c> file.</param>
    /// <exception cref="GaitPropException">There is no such experiment, or something is wrong in a file; the message is one line that names
    /// file and field.</exception>
    public static ExperimentDocument Open(string nameOrPath)
    {
        var files = new List<ExperimentFile> { new(ExperimentSource.Find(nameOrPath)) };
        while (files[0].Extends is { } extended)
        {
            var source = files[0].Source.Extended(extended);
            if (files.Any(f => f.Source.IsSame(source)))
            {
                var circle = files
                    .SkipWhile(f => !f.Source.IsSame(source))
                    .Take(1)
                    .Concat(files.TakeWhile(f => !f.Source.IsSame(source)).Reverse());
                throw new GaitPropException(
                    $"{files[0].Source.Label}: extends goes round in a circle: {string.Join(" -> ", circle.Select(f => f.Source.Label))} -> {source.Label}. Take one of them out."
                );
            }

            files.Insert(0, new ExperimentFile(source));
        }

        return new ExperimentDocument(files);
    }

    /// <summary>The experiment of a rule, every setting resolved and checked.</summary>
    /// <param name="rule">
    /// Any rule of <see cref="RuleCatalog"/>, with what is added to it (<see cref="RuleVariant"/>); those that are not among
    /// <see cref="Rules"/> have the settings that are common to all.
    /// </param>
    /// <param name="choices">What is chosen on the command line; nothing if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">There is no such rule, preset or field, or a value is not possible; the message says who set
    /// it.</exception>
    public Experiment Resolve(string rule, ExperimentChoices? choices = null)
    {
        choices ??= new ExperimentChoices();
        var variant = RuleVariant.Parse(rule);
        rule = variant.Rule;
        ExperimentSetting[] set =
        [
            .. choices
                .Set.Select(s => ExperimentSetting.Parse(s, rule))
                .Concat(choices.Over.Select(s => ExperimentSetting.Parse(s, rule, "--over")))
                .OfType<ExperimentSetting>(),
        ];
        var (said, chosen) = set.LastOrDefault(s => s.Preset is not null) is { } last
            ? (last.Layer.Label, last.Preset)
            : (Name, choices.Preset);
        var chain = chosen is null && choices.Otherwise is not null ? [] : Chain(said, chosen ?? Preset);
        var root = choices.BuiltOn ?? chain.FirstOrDefault();
        var start = (root is null ? choices.Otherwise!(rule) : Presets.Meaning(rule, root)) with { Seed = Seeds[0] };
        return ExperimentLayer.Merge(
            start,
            [
                new(_files[^1].Source.Label, new JsonObject { ["name"] = Name }),
                .. _files.SelectMany(f => f.Layers(rule, root)),
                .. chain.Skip(1).SelectMany(preset => _files.SelectMany(f => f.OfPreset(preset, rule))),
                .. variant.Layers(root ?? Presets.Default),
                choices.Numbers(),
                .. choices.Options,
                .. set.Select(s => s.Layer),
            ]
        );
    }

    /// <summary>A preset and those that it is built on: <c>paper</c> or <c>fast</c> first, the preset last.</summary>
    private List<string> Chain(string said, string preset)
    {
        List<string> chain = [new StrictJson(said).Word(preset, "preset", "preset", PresetNames)];
        while (!Presets.Names.Contains(chain[0]))
        {
            // The file's own preset may itself be built on this one.
            var below = BuiltOn(chain[0]) ?? (Under(Preset).Contains(chain[0]) ? Presets.Default : Preset);
            if (chain.Contains(below))
            {
                throw new GaitPropException(
                    $"{said}: the preset '{chain[0]}' is built on itself: {string.Join(" -> ", chain.Prepend(below))}. Build one of them on paper or fast."
                );
            }

            chain.Insert(0, below);
        }

        return chain;
    }

    private string? BuiltOn(string preset) => _files.LastOrDefault(f => f.BuiltOn(preset) is not null)?.BuiltOn(preset);

    /// <summary>A preset and those that it says it is built on, each once.</summary>
    private List<string> Under(string preset)
    {
        List<string> under = [];
        for (var next = preset; next is not null && !under.Contains(next); next = BuiltOn(next))
        {
            under.Add(next);
        }

        return under;
    }

    private void Check(string own)
    {
        if (!_files.Any(f => f.HasNetwork))
        {
            throw new GaitPropException(
                $"{own}: the field 'network' is missing: name a published one, or list its layers, or extend an experiment that does."
            );
        }

        if (Rules.Count == 0)
        {
            throw new GaitPropException(
                $"{own}: the field 'rules' is missing: name one or more of {string.Join(", ", RuleCatalog.Names)}."
            );
        }

        foreach (var file in _files)
        {
            file.CheckPresets(PresetNames);
        }

        foreach (var preset in PresetNames)
        {
            Chain(own, preset);
        }

        // Where the runs are resolved, the values of a sweep are held against each other; here against the fields.
        foreach (
            var (rule, setting) in from axis in Sweep
            from value in axis.Values
            from rule in Rules
            select (RuleVariant.Parse(rule).Rule, axis.With(value))
        )
        {
            ExperimentSetting.Parse(setting, rule, $"{own}, sweep:");
        }

        foreach (
            var (rule, preset) in from preset in _files.SelectMany(f => f.Presets).Append(Preset).Distinct()
            from rule in Rules
            select (rule, preset)
        )
        {
            Resolve(rule, new ExperimentChoices { Preset = preset });
        }
    }
}
