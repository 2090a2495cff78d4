using System.CommandLine;
using GaitProp.Kernel.Interactive;
using GaitProp.Kernel.Jupyter.Commands;

namespace GaitProp.Kernel.Tests.Interactive;

public sealed class HostDirectivesTests
{
    private static readonly RootCommand Model = GaitPropMagic.Model;
    private static readonly HostDirective Directive = InteractiveHost.Directive;

    [Fact]
    public void Every_verb_of_the_command_model_is_there_with_its_description()
    {
        Assert.Equal("#!gaitprop", Directive.Name);
        Assert.Equal(Model.Subcommands.SelectMany(c => c.Aliases.Prepend(c.Name)), Directive.Verbs.Select(v => v.Name));
        Assert.All(Directive.Verbs, v => Assert.False(string.IsNullOrWhiteSpace(v.Description)));
        Assert.All(Model.Subcommands, c => Assert.StartsWith(c.Description, Verb(c.Name).Description, StringComparison.Ordinal));
    }

    [Fact]
    public void Verbs_below_a_verb_are_told_of_and_completed()
    {
        foreach (var verb in Model.Subcommands)
        {
            foreach (var below in verb.Subcommands.Where(c => !c.Hidden))
            {
                Assert.Contains($"{below.Name}: {below.Description}", Verb(verb.Name).Description, StringComparison.Ordinal);
                Assert.Contains(below.Name, Parameter(Verb(verb.Name), "").Values());
            }
        }
    }

    [Fact]
    public void Every_option_and_every_alias_is_there_with_its_description_and_completions()
    {
        var options = 0;
        foreach (var (verb, told) in Model.Subcommands.Select(c => ((Command)c, Verb(c.Name))).Append((Model, Directive)))
        {
            foreach (var option in Options(verb, isRoot: verb == Model))
            {
                foreach (var name in option.Aliases.Prepend(option.Name).Where(n => n.StartsWith('-')))
                {
                    var parameter = Parameter(told, name);
                    Assert.Equal(option.Description, parameter.Description);
                    Assert.Equal(option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0, parameter.IsFlag);
                    options++;
                }
            }

            Assert.Single(told.Parameters, p => p.Name.Length == 0);
            Assert.Equal(told.Parameters.Count, told.Parameters.Select(p => p.Name).Distinct().Count());
        }

        Assert.True(options > 50, $"{options} options");
    }

    [Theory]
    [InlineData("train", "--rule", "ngait")]
    [InlineData("train", "", "cifar-shallow")]
    [InlineData("angles", "--rules", "fa")]
    [InlineData("reproduce", "--profile", "smoke")]
    [InlineData("runs", "", "resume")]
    public void Values_are_completed(string verb, string parameter, string value) => Assert.Contains(value, Parameter(Verb(verb), parameter).Values());

    [Fact]
    public void The_root_has_the_options_that_all_verbs_share()
    {
        Assert.Contains(Directive.Parameters, p => p.Name == "--as" && !p.IsFlag);
        Assert.Contains(Directive.Parameters, p => p.Name == "--verbose" && p.IsFlag);
        Assert.Contains(Directive.Parameters, p => p.Name == "--help");
    }

    [Fact]
    public void A_verb_that_is_new_needs_no_change_here()
    {
        var added = new Command("sing", "Sings.") { new Option<int>("--loud", "-l") { Description = "How loud." } };
        var told = HostDirectives.Of("#!x", () => new RootCommand("x") { added }).Verbs.Single();

        Assert.Equal(("sing", "Sings."), (told.Name, told.Description));
        Assert.Equal(["--loud", "-l"], told.Parameters.Select(p => p.Name).Where(n => n.Contains('l', StringComparison.Ordinal)).Take(2));
    }

    private static HostDirective Verb(string name) => Assert.Single(Directive.Verbs, v => v.Name == name);

    private static HostParameter Parameter(HostDirective directive, string name) => Assert.Single(directive.Parameters, p => p.Name == name);

    private static IEnumerable<Option> Options(Command verb, bool isRoot) =>
        verb.Options.Where(o => !o.Hidden).Concat(isRoot ? [] : verb.Subcommands.Where(c => !c.Hidden).SelectMany(c => Options(c, isRoot: false))).DistinctBy(o => o.Name);
}
