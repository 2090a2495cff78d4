using System.CommandLine;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Results;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>runs query</c>: which runs, grouped by any field, with the mean over each group.</summary>
internal static class RunsQueryCommand
{
    public static Command Build(CommandContext context)
    {
        var condition = new Argument<string?>("CONDITION")
        {
            Description =
                "Which runs, such as \"rule == 'ngait' and lambda >= 10\": fields of the experiment by their path or the end of it, status, and numbers such as testAccuracy.max. All runs if it is left out.",
            HelpName = "CONDITION",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var by = List(
            "--by",
            "Fields to group by, with commas between them, such as lambda or rule,optimizer.lr. Default: each run by itself."
        );
        var show = List(
            "--show",
            "Numbers to show, with commas between them: a measurement and .last, .max, .min, .mean or .first, such as testAccuracy.max,stepSeconds.mean. Default: testAccuracy.last."
        );
        var runs = SharedOptions.Runs();
        var save = SharedOptions.Save("Save their course as a figure or table, a line for each group");
        var command = new Command(
            "query",
            "Ask for runs by any field, group them by any field, and show means with 95 % intervals. Example: 'runs query \"lambda >= 10\" --by lambda --show testAccuracy.max'."
        )
        {
            condition,
            by,
            show,
            runs,
            save,
        };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(condition) is { } text && !string.IsNullOrWhiteSpace(text) ? RunCondition.Parse(text) : null;
            FigureFiles.EnsureSavable(parsed.GetValue(save));

            var shown = parsed.GetValue(show) is { Length: > 0 } some ? some : ["testAccuracy.last"];
            var query = context.Busy(
                "Reading runs",
                () => RunQuery.Ask(asked, parsed.GetValue(by) ?? [], shown, Read(context, new RunStore(parsed.GetValue(runs)!).List()))
            );
            var figure = query.Figure("query", asked is null ? "All runs" : parsed.GetValue(condition)!);
            context.ResultBeside(figure, QueryTable.Of(query));
            if (parsed.GetValue(save) is { } file)
            {
                context.Whole(FigureFiles.Save(figure, file));
            }

            return CommandLine.Success;
        });
        return command;
    }

    /// <summary>Runs that can be asked; what is damaged is named and left out.</summary>
    public static IReadOnlyList<RunFields> Read(CommandContext context, IReadOnlyList<RunSummary> runs)
    {
        var read = RunStore.Whole(runs, context.Error.WriteLine).AsParallel().AsOrdered().Select(Read).ToArray();
        foreach (var problem in read.Select(r => r.Problem).OfType<string>())
        {
            context.Error.WriteLine(problem);
        }

        var fields = read.Select(r => r.Fields).OfType<RunFields>().ToArray();
        return fields.Length > 0
            ? fields
            : throw new GaitPropException(
                "there is no run to ask: 'gaitprop train synthetic-shallow' makes one, --runs names another folder."
            );
    }

    /// <summary>A run, or what is wrong with it: a summary does not look at everything.</summary>
    private static (RunFields? Fields, string? Problem) Read(RunSummary run)
    {
        try
        {
            return (RunFields.Read(run), null);
        }
        catch (GaitPropException e)
        {
            return (null, $"left out {run.QualifiedName}: {e.Message}");
        }
    }

    private static Option<string[]?> List(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "LIST",
            AllowMultipleArgumentsPerToken = false,
            CustomParser = result =>
            {
                var words = result
                    .Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    .Distinct()
                    .ToArray();
                if (words.Length == 0)
                {
                    result.AddError(Text($"{name} is empty: name one or more, with commas between them."));
                }

                return words;
            },
        };
}
