using static TorchSharp.torch;

namespace GaitProp.Tests.Rules;

public sealed class RuleCatalogTests
{
    [Fact]
    public void The_rules_are_found_by_their_names() =>
        Assert.Superset(new HashSet<string> { "bp", "fa", "gait", "ngait", "tp" }, RuleCatalog.Names.ToHashSet());

    [Fact]
    public void Every_rule_has_a_title_and_default_options_that_it_accepts() =>
        Assert.All(
            RuleCatalog.Names,
            name =>
            {
                Assert.NotEmpty(RuleCatalog.Title(name));
                using var rule = RuleCatalog.Create(name);
                Assert.IsType(RuleCatalog.OptionsType(name), RuleCatalog.DefaultOptions(name));
            }
        );

    [Fact]
    public void An_unknown_rule_gets_the_closest_name_and_all_there_are()
    {
        var e = Assert.Throws<GaitPropException>(() => RuleCatalog.Create("ngiat"));
        Assert.StartsWith("unknown rule 'ngiat'. Did you mean 'ngait'? Choose from ", e.Message, StringComparison.Ordinal);
        Assert.All(KitRules.Names, name => Assert.Contains(name, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_of_another_rule_are_refused() =>
        Assert.StartsWith(
            "rule gait takes GaitOptions, not NormalisedGaitOptions",
            Assert.Throws<GaitPropException>(() => RuleCatalog.Create("gait", new NormalisedGaitOptions())).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_word_like_no_rule_gets_no_suggestion() =>
        Assert.StartsWith(
            "unknown rule 'backpropagation'. Choose from ",
            Assert.Throws<GaitPropException>(() => RuleCatalog.Title("backpropagation")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_published_constants_are_the_defaults()
    {
        Assert.Equal((1e-3, 0.5), (new GaitOptions().Gamma, new GaitOptions().TargetStep));
        Assert.Equal((1e-7, Normalisation.Absolute), (new NormalisedGaitOptions().Eta, new NormalisedGaitOptions().Normalisation));
        Assert.Equal(InverseStrategy.Exact, new NormalisedGaitOptions().Inverse);
    }

    public static TheoryData<string, string, RuleOptions> Impossible =>
        new()
        {
            {
                "gait",
                "gamma 0 is not possible",
                new GaitOptions { Gamma = 0 }
            },
            {
                "gait",
                "gamma 1.5 is not possible",
                new GaitOptions { Gamma = 1.5 }
            },
            {
                "gait",
                "gamma NaN is not possible",
                new GaitOptions { Gamma = double.NaN }
            },
            {
                "ngait",
                "eta -1E-07 is not possible",
                new NormalisedGaitOptions { Eta = -1e-7 }
            },
            {
                "ngait",
                "targetStep 0 is not possible",
                new NormalisedGaitOptions { TargetStep = 0 }
            },
            {
                "tp",
                "targetStep NaN is not possible",
                new TargetPropagationOptions { TargetStep = double.NaN }
            },
            {
                "ngait",
                "the literal form needs an exact inverse, not transpose",
                new NormalisedGaitOptions { Form = TargetForm.Literal, Inverse = InverseStrategy.Transpose }
            },
            {
                "ngait",
                "the literal form needs an exact inverse, not within(0.01)",
                new NormalisedGaitOptions { Form = TargetForm.Literal, Inverse = InverseStrategy.Within(0.01) }
            },
            {
                "ngait",
                "the literal form needs an exact inverse, not refined(1)",
                new NormalisedGaitOptions { Form = TargetForm.Literal, Inverse = InverseStrategy.Refined(1) }
            },
        };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Options_that_are_not_possible_are_refused_by_name_and_value(string rule, string message, RuleOptions options) =>
        Assert.StartsWith(
            message,
            Assert.Throws<GaitPropException>(() => RuleCatalog.Create(rule, options)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_rule_that_a_user_registers_is_found_like_any_other()
    {
        RuleCatalog.Register<StillRule>();

        using var rule = RuleCatalog.Create("still");
        Assert.IsType<StillRule>(rule);
        Assert.Equal("nothing learns", RuleCatalog.Title("still"));
    }

    [Fact]
    public void A_rule_without_options_needs_no_word_about_them()
    {
        RuleCatalog.Register<PlainRule>();

        using var rule = RuleCatalog.Create("plain");
        Assert.IsType<PlainRule>(rule);
        Assert.Equal(typeof(NoOptions), RuleCatalog.OptionsType("plain"));
    }

    /// <summary>Their author is told what they said, and not that reflection called them.</summary>
    [Fact]
    public void What_goes_wrong_as_a_rule_or_its_options_are_made_is_thrown_as_it_is()
    {
        RuleCatalog.Register<FragileRule>();
        var options = new FragileOptions();
        FragileOptions.Breaks.Value = true;

        Assert.Equal("no seed", Assert.Throws<InvalidOperationException>(() => RuleCatalog.Create("fragile", options)).Message);
        Assert.Equal("no default", Assert.Throws<InvalidOperationException>(() => RuleCatalog.DefaultOptions("fragile")).Message);
    }

    [Fact]
    public void A_class_without_the_attribute_is_refused() =>
        Assert.StartsWith(
            "NamelessRule is not a learning rule",
            Assert.Throws<GaitPropException>(RuleCatalog.Register<NamelessRule>).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_name_that_would_be_read_as_something_else_is_refused() =>
        Assert.Equal(
            "PlusRule cannot be a learning rule of the name 'bp+mine': a name is letters, digits, '-' and '_', and begins with a letter or digit.",
            Assert.Throws<GaitPropException>(RuleCatalog.Register<PlusRule>).Message
        );

    [Fact]
    public void A_rule_that_could_not_be_made_is_refused_when_it_is_registered()
    {
        Assert.Equal(
            "NeedyRule cannot be a learning rule: make it a class with a public constructor that takes its options, GaitOptions.",
            Assert.Throws<GaitPropException>(RuleCatalog.Register<NeedyRule>).Message
        );
        Assert.Equal(
            "WordRule cannot be a learning rule with the options String: make them a record that derives from RuleOptions and needs no arguments.",
            Assert.Throws<GaitPropException>(RuleCatalog.Register<WordRule>).Message
        );
        Assert.Equal(
            "TwoWordsRule cannot be a learning rule: make it a class with a public constructor that takes nothing.",
            Assert.Throws<GaitPropException>(RuleCatalog.Register<TwoWordsRule>).Message
        );
        Assert.DoesNotContain("needy", RuleCatalog.Names);
    }

    /// <summary>They fail where a test asks for it: all tests of the process have one catalogue.</summary>
    private sealed record FragileOptions : RuleOptions
    {
        public static readonly AsyncLocal<bool> Breaks = new();

        public FragileOptions()
        {
            if (Breaks.Value)
            {
                throw new InvalidOperationException("no default");
            }
        }
    }

    [Rule("fragile", "fragile", typeof(FragileOptions))]
    private sealed class FragileRule : IdleRule
    {
        public FragileRule(FragileOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            if (FragileOptions.Breaks.Value)
            {
                throw new InvalidOperationException("no seed");
            }
        }
    }

    [Rule("bp+mine", "plus")]
    private sealed class PlusRule : IdleRule;

    [Rule("needy", "needy", typeof(GaitOptions))]
    private sealed class NeedyRule : IdleRule;

    [Rule("word", "word", typeof(string))]
    private sealed class WordRule : IdleRule;

    [Rule("two-words", "two words")]
    private sealed class TwoWordsRule(string first, string second) : IdleRule
    {
        public string Words { get; } = first + second;
    }

    private abstract class IdleRule : LearningRule
    {
        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) => [];
    }

    [Rule("still", "nothing learns", typeof(NoOptions))]
    private sealed class StillRule(NoOptions options) : LearningRule
    {
        public NoOptions Options { get; } = options;

        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) =>
            [.. network.Layers.Select(l => new LayerGradient(zeros_like(l.Weight), zeros_like(l.Bias)))];
    }

    [Rule("plain", "plain")]
    private sealed class PlainRule : LearningRule
    {
        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) => [];
    }

    private sealed class NamelessRule : LearningRule
    {
        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) => [];
    }
}
