using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// An experiment file with what it extends: from it comes an <see cref="Experiment"/> for each rule. JSON with comments and trailing commas; the
/// fields and which of them win are told in <c>docs/formats.md</c>.
/// </summary>
public sealed class ExperimentDocument
{
    private const string DefaultPreset = "fast";

    /// <summary>The file and what it extends, the base first.</summary>
    private readonly IReadOnlyList<ExperimentFile> _files;

    private ExperimentDocument(IReadOnlyList<ExperimentFile> files)
    {
        _files = files;
        var own = files[^1];
        Name = own.Name ?? own.Source.DefaultName;
        Title = own.Title ?? Name;
        Profiles = [.. files.SelectMany(f => f.Profiles).Distinct()];
        Sweep = files.LastOrDefault(f => f.Sweep is not null)?.Sweep ?? [];
        Seeds = files.LastOrDefault(f => f.Seeds is not null)?.Seeds ?? [1];
        Rules = files.Aggregate((IReadOnlyList<string>)[], (rules, file) => file.Rules ?? [.. rules.Union(file.AddedRules)]);
        Check();
    }

    /// <summary>The names of the experiments that need no file of the user's.</summary>
    public static IReadOnlyList<string> BuiltIn => ExperimentSource.BuiltIn;

    /// <summary>The experiment's name; runs are filed under it. The file's name, without <c>.json</c>, if it gives none.</summary>
    public string Name { get; }

    /// <summary>Its heading; the name if it has none.</summary>
    public string Title { get; }

    /// <summary>The rules that it compares, in order, some with additions (<see cref="RuleVariant"/>).</summary>
    public IReadOnlyList<string> Rules { get; }

    /// <summary>Its seeds; 1 if it names none.</summary>
    public IReadOnlyList<int> Seeds { get; }

    /// <summary>The fields that it sweeps, with their values; none if it sweeps none.</summary>
    internal IReadOnlyList<SweepAxis> Sweep { get; }

    /// <summary>The names of its profiles.</summary>
    public IReadOnlyList<string> Profiles { get; }

    /// <summary>The profile that is used if none is chosen.</summary>
    public string? DefaultProfile => _files.LastOrDefault(f => f.DefaultProfile is not null)?.DefaultProfile;

    /// <summary>Opens an experiment and checks all of it: every rule, with and without every profile.</summary>
    /// <param name="nameOrPath">One of <see cref="BuiltIn"/>, or the path of a <c>.json</c> file.</param>
    /// <exception cref="GaitPropException">There is no such experiment, or something is wrong in a file; the message is one line that names file and field.</exception>
    public static ExperimentDocument Open(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        var files = new List<ExperimentFile> { new(ExperimentSource.Find(nameOrPath)) };
        while (files[0].Extends is { } extended)
        {
            var source = files[0].Source.Extended(extended);
            if (files.Any(f => f.Source.IsSame(source)))
            {
                var circle = files.SkipWhile(f => !f.Source.IsSame(source)).Take(1).Concat(files.TakeWhile(f => !f.Source.IsSame(source)).Reverse());
                throw new GaitPropException($"{files[0].Source.Label}: extends goes round in a circle: {string.Join(" -> ", circle.Select(f => f.Source.Label))} -> {source.Label}. Take one of them out.");
            }

            files.Insert(0, new ExperimentFile(source));
        }

        return new ExperimentDocument(files);
    }

    /// <summary>The experiment of a rule, every setting resolved and checked.</summary>
    /// <param name="rule">
    /// Any rule of <see cref="RuleCatalog"/>, with what is added to it (<see cref="RuleVariant"/>); those that are not among <see cref="Rules"/> have the settings that are
    /// common to all.
    /// </param>
    /// <param name="choices">What is chosen on the command line; nothing if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">There is no such rule, preset, profile or field, or a value is not possible; the message says who set it.</exception>
    public Experiment Resolve(string rule, ExperimentChoices? choices = null)
    {
        choices ??= new ExperimentChoices();
        var variant = RuleVariant.Parse(rule);
        rule = variant.Rule;
        var options = StrictJson.RuleOptions(rule).Keys.ToHashSet();
        var settings = choices.Set.Select(s => ExperimentSetting.Parse(s, rule)).Concat(choices.Over.Select(s => ExperimentSetting.Parse(s, rule, "--over"))).OfType<ExperimentLayer>().ToArray();
        var profile = choices.Profile ?? DefaultProfile;
        if (profile is not null && !Profiles.Contains(profile))
        {
            throw new GaitPropException(Profiles.Count == 0
                ? $"{Name} has no profile '{profile}', nor any other: leave it out."
                : $"{Name}: {Suggestion.Unknown("profile", profile, Profiles)}");
        }

        var preset = (string?)settings.LastOrDefault(s => s.Fields.ContainsKey("preset"))?.Fields["preset"]
            ?? choices.Preset
            ?? (profile is null ? null : _files.Select(f => f.Preset(profile)).LastOrDefault(p => p is not null))
            ?? _files.Select(f => f.Preset(null)).LastOrDefault(p => p is not null)
            ?? DefaultPreset;

        // What a rule is set like comes before what is set for the rule itself.
        var likes = _files.Select(f => f.SameAs.GetValueOrDefault(rule)).LastOrDefault(r => r is not null) is { } like ? (IReadOnlyList<string>)[like, rule] : [rule];
        var start = ExperimentJson.ToJson(Presets.Meaning(rule, preset) with { Seed = Seeds[0] });
        return Resolved(start, [Named(), .. _files.SelectMany(f => f.Layers(preset, likes)), .. profile is null ? [] : _files.SelectMany(f => f.ProfileLayers(profile, likes)), .. variant.Layers(preset), Chosen(choices), .. settings], options);
    }

    /// <summary>The name is the file's own: its settings are not those of the file that it extends.</summary>
    private ExperimentLayer Named() => new(_files[^1].Source.Label, new JsonObject { ["name"] = Name });

    private static ExperimentLayer Chosen(ExperimentChoices choices)
    {
        var fields = new JsonObject();
        Add("epochs", choices.Epochs);
        Add("seed", choices.Seed);
        Add("trainImages", choices.TrainImages);
        Add("testImages", choices.TestImages);
        Add("angleEvery", choices.AngleEvery);
        return new ExperimentLayer("", fields);

        void Add(string name, int? value)
        {
            if (value is not null)
            {
                fields[name] = value;
            }
        }
    }

    private static Experiment Resolved(JsonObject start, IReadOnlyList<ExperimentLayer> layers, IReadOnlyCollection<string> options)
    {
        var json = start.DeepClone().AsObject();
        foreach (var layer in layers)
        {
            layer.ApplyTo(json, options);
        }

        try
        {
            return Checked(json);
        }
        catch (GaitPropException e)
        {
            throw Guilty(start, layers, options) is { Length: > 0 } label ? new GaitPropException($"{label}: {e.Message}", e) : e;
        }
    }

    private static Experiment Checked(JsonObject json)
    {
        var experiment = ExperimentJson.FromJson(json);
        experiment.Validate();
        return experiment;
    }

    /// <summary>Who turned an experiment that is possible into one that is not.</summary>
    private static string Guilty(JsonObject start, IReadOnlyList<ExperimentLayer> layers, IReadOnlyCollection<string> options)
    {
        var json = start.DeepClone().AsObject();
        var (guilty, possible) = ("", IsPossible(json));
        foreach (var layer in layers)
        {
            layer.ApplyTo(json, options);
            var still = IsPossible(json);
            guilty = possible && !still ? layer.Label : guilty;
            possible = still;
        }

        return guilty;

        static bool IsPossible(JsonObject json)
        {
            try
            {
                Checked(json);
                return true;
            }
            catch (GaitPropException)
            {
                return false;
            }
        }
    }

    private void Check()
    {
        var own = _files[^1].Source.Label;
        if (!_files.Any(f => f.HasNetwork))
        {
            throw new GaitPropException($"{own}: the field 'network' is missing: name a published one, or list its layers, or extend an experiment that does.");
        }

        if (Rules.Count == 0)
        {
            throw new GaitPropException($"{own}: the field 'rules' is missing: name one or more of {string.Join(", ", RuleCatalog.Names)}.");
        }

        if (DefaultProfile is { } profile && !Profiles.Contains(profile))
        {
            throw new GaitPropException(Profiles.Count == 0 ? $"{own}: profile '{profile}' is not possible: there are no profiles." : $"{own}: {Suggestion.Unknown("profile", profile, Profiles)}");
        }

        foreach (var axis in Sweep)
        {
            foreach (var value in axis.Values)
            {
                CheckSwept(own, axis.With(value));
            }
        }

        foreach (var rule in RuleCatalog.Names)
        {
            CheckLikes(own, rule);
        }

        foreach (var rule in Rules)
        {
            Resolve(rule);
            foreach (var each in Profiles)
            {
                Resolve(rule, new ExperimentChoices { Profile = each });
            }
        }
    }

    /// <summary>Fields and values of its sweep are held against the rules' options where the runs are resolved, and against all fields here.</summary>
    private void CheckSwept(string own, string setting)
    {
        foreach (var rule in Rules)
        {
            ExperimentSetting.Parse(setting, RuleVariant.Parse(rule).Rule, $"{own}, sweep:");
        }
    }

    /// <summary>A rule that is set like another one has to come to one that is set by itself.</summary>
    private void CheckLikes(string own, string rule)
    {
        List<string> chain = [rule];
        while (_files.Select(f => f.SameAs.GetValueOrDefault(chain[^1])).LastOrDefault(r => r is not null) is { } like)
        {
            var goesRound = chain.Contains(like);
            chain.Add(like);
            if (goesRound)
            {
                throw new GaitPropException($"{own}: sameAs goes round in a circle: {string.Join(" -> ", chain)}. Take one of them out.");
            }
        }
    }
}
