using System.CommandLine;
using GaitProp.Kernel.CellCommands;
using GaitProp.Kernel.Interactive;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Kernel.Tests.Interactive;

public sealed class HostDirectivesTests
{
    private static readonly RootCommand Model = GaitPropMagic.Model;
    private static readonly KernelActionDirective Directive = HostDirectives.Of("#!gaitprop", Model);

    [Fact]
    public void Every_verb_of_the_command_model_is_there_with_its_description()
    {
        Assert.Equal("#!gaitprop", Directive.Name);
        Assert.Equal(Model.Subcommands.SelectMany(c => c.Aliases.Prepend(c.Name)), Directive.Subcommands.Select(v => v.Name));
        Assert.All(Model.Subcommands, c => Assert.StartsWith(c.Description, Verb(c.Name).Description, StringComparison.Ordinal));
        Assert.All(
            Model.Subcommands.SelectMany(c => c.Subcommands.Select(below => (c, below))),
            v => Assert.Contains($"{v.below.Name}: {v.below.Description}", Verb(v.c.Name).Description, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_option_and_every_alias_is_there_with_its_description()
    {
        var options = 0;
        foreach (var (verb, told) in Model.Subcommands.Select(c => ((Command)c, Verb(c.Name))).Append((Model, Directive)))
        {
            foreach (var option in Options(verb, isRoot: verb == Model))
            {
                foreach (var name in option.Aliases.Prepend(option.Name).Where(n => n.StartsWith('-')))
                {
                    var parameter = Assert.Single(told.Parameters, p => p.Name == name);
                    Assert.Equal(option.Description, parameter.Description);
                    Assert.Equal(option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0, parameter.Flag);
                    options++;
                }
            }

            Assert.True(Assert.Single(told.Parameters, p => p.Name.Length == 0).AllowImplicitName);
        }

        Assert.True(options > 50, $"{options} options");
    }

    [Fact]
    public void A_verb_that_is_new_needs_no_change_here()
    {
        var added = new Command("sing", "Sings.") { new Option<int>("--loud", "-l") { Description = "How loud." } };
        var told = HostDirectives.Of("#!x", new RootCommand("x") { added }).Subcommands.Single();

        Assert.Equal(("sing", "Sings."), (told.Name, told.Description));
        Assert.Equal(["--loud", "-l"], told.Parameters.Select(p => p.Name).Where(n => n.Contains('l', StringComparison.Ordinal)).Take(2));
    }

    private static KernelActionDirective Verb(string name) => Assert.Single(Directive.Subcommands, v => v.Name == name);

    private static IEnumerable<Option> Options(Command verb, bool isRoot) =>
        verb
            .Options.Where(o => !o.Hidden)
            .Concat(isRoot ? [] : verb.Subcommands.Where(c => !c.Hidden).SelectMany(c => Options(c, isRoot: false)))
            .DistinctBy(o => o.Name);
}
