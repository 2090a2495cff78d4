using GaitProp.Kernel.Commands;
using Spectre.Console;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class CommandContextTests
{
    [Fact]
    public void A_line_with_a_command_is_not_broken_where_the_place_is_narrow_and_shows_no_control_character()
    {
        const string line = "With all of them: gaitprop compare cifar-shallow --set trainImages=null --data \"my photos\"";
        var (output, error) = (new StringWriter(), new StringWriter());
        var context = new CommandContext(Narrow(output), Narrow(error), _ => { });

        context.Whole(line);
        context.WholeError($"{line}\u001b[2J");

        Assert.Equal($"{line}\n", output.ToString());
        Assert.Equal($"{line}␛[2J\n", error.ToString());
    }

    private static IAnsiConsole Narrow(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 20;
        return console;
    }
}
