using System.CommandLine;
using System.Globalization;
using GaitProp.Kernel.Commands;
using Spectre.Console;

namespace GaitProp.Kernel.Tests.Docs;

/// <summary>
/// The verb of <c>docs/architecture.md</c> stands in this file, where it is compiled and run, and the document has it line by line.
/// </summary>
public sealed class VerbRecipe
{
    [Fact]
    public void The_document_has_the_code_of_this_file()
    {
        var source = File.ReadAllLines(Path.Combine(Repository.Folder, "tests/GaitProp.Kernel.Tests/Docs/VerbRecipe.cs")).ToHashSet();
        var recipes = DocumentedCode.Of("docs/architecture.md");

        Assert.Equal(4, recipes.Length);
        Assert.All(recipes[3].Split('\n'), line => Assert.Contains(line, source));
    }

    [Fact]
    public async Task The_verb_answers_with_a_value_where_somebody_takes_it()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        object? told = null;
        var context = new CommandContext(console, console, _ => { }) { Results = value => told = value };
        var recorded = Path.Combine(Repository.Folder, "notebooks", "recorded");
        var run = Directory.GetDirectories(Path.Combine(recorded, "cifar-shallow"), "bp-*").Order(StringComparer.Ordinal).First();

        Assert.Equal(
            0,
            await DefectCommand
                .Build(context)
                .Parse([run, "--runs", recorded])
                .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken)
        );

        Assert.Equal(RunRecord.Read(run).Epochs[^1].Defects, Assert.IsType<IReadOnlyList<double>>(told, exactMatch: false));
    }
}

/// <summary><c>defect</c>: how far from orthogonal a run's layers are at its end.</summary>
internal static class DefectCommand
{
    public static Command Build(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var name = new Argument<string>("RUN") { Description = "The run: its name, the beginning of it, its folder, or 'last'." };
        var command = new Command("defect", "Say how far from orthogonal the layers of a run are at its end.") { name, runs };
        command.SetAction(parsed =>
        {
            var run = RunRecord.Read(new RunStore(parsed.GetValue(runs)!).Find(parsed.GetValue(name)!).Folder);
            var defects = run.Epochs[^1].Defects;
            context.Result(
                defects,
                () => context.Out.WriteLine(string.Join("  ", defects.Select(d => d.ToString("g2", CultureInfo.InvariantCulture))))
            );
            return CommandLine.Success;
        });
        return command;
    }
}
