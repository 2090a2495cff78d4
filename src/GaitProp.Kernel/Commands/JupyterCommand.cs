using System.CommandLine;
using GaitProp.Kernel.Jupyter;
using GaitProp.Notebook.Server;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>jupyter</c>: the notebook kernel, and where front ends find it.</summary>
internal static class JupyterCommand
{
    public static Command Build(CommandContext context)
    {
        var command = new Command("jupyter", "Install the notebook kernel for Jupyter front ends, VS Code among them.") { Install(context), List(context), Uninstall(context) };
        if (context.Results is null)
        {
            command.Subcommands.Add(Start());
        }

        return command;
    }

    private static Command Install(CommandContext context)
    {
        var prefix = Prefix("Install for an environment or a machine: into DIR/share/jupyter/kernels. Default: for this user.");
        var command = new Command("install", "Write the kernelspec. Doing it again changes nothing.") { prefix };
        command.SetAction(parsed =>
        {
            var place = KernelSpecPlaces.Place(parsed.GetValue(prefix));
            var written = new KernelSpec(place).Install();
            context.Out.WriteLine(written.Count == 0
                ? $"Nothing to change: {KernelSpec.DisplayName} is installed in {place}."
                : $"Installed {KernelSpec.DisplayName} in {place}: {string.Join(", ", written)}.");
            context.Out.WriteLine($"It starts {OwnProgram.AssemblyPath} with {OwnProgram.Host}: if one of them is moved, deleted or cleaned away, build and install again.");
            return CommandLine.Success;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var prefix = Prefix("Look in DIR/share/jupyter/kernels too.");
        var command = new Command("list", "Show where the kernel is installed, and whether its program exists.") { prefix };
        command.SetAction(parsed =>
        {
            var found = KernelSpecPlaces.All(parsed.GetValue(prefix)).Select(KernelSpec.Read).OfType<InstalledSpec>().ToArray();
            foreach (var spec in found)
            {
                context.Out.WriteLine($"{KernelSpec.Name}  {spec.Folder}");
                context.Out.WriteLine($"  {spec.State}");
            }

            if (found.Length == 0)
            {
                context.Out.WriteLine($"{KernelSpec.DisplayName} is not installed: '{context.Prompt} jupyter install' installs it.");
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static Command Uninstall(CommandContext context)
    {
        var prefix = Prefix("Remove it from DIR/share/jupyter/kernels. Default: from this user's kernels.");
        var command = new Command("uninstall", "Remove the kernelspec, and nothing else.") { prefix };
        command.SetAction(parsed =>
        {
            var place = KernelSpecPlaces.Place(parsed.GetValue(prefix));
            context.Out.WriteLine(new KernelSpec(place).Uninstall() ? $"Removed {place}." : $"Nothing to remove: {KernelSpec.DisplayName} is not installed in {place}.");
            return CommandLine.Success;
        });
        return command;
    }

    private static Command Start()
    {
        var file = new Argument<string>("CONNECTION_FILE") { Description = "The file that a front end makes; kernel.json passes it on." };
        var command = new Command("start", "Be the kernel; front ends start it.") { file };
        command.SetAction(async (parsed, _) =>
        {
            await KernelProgram.RunAsync(parsed.GetValue(file)!, OwnProgram.Info, OwnProgram.StartWorker);
            return CommandLine.Success;
        });
        return command;
    }

    private static Option<string?> Prefix(string description) => new("--prefix") { Description = description, HelpName = "DIR" };
}
