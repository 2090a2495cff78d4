using System.CommandLine;
using System.Text.Json;
using GaitProp.Kernel.Jupyter;
using GaitProp.Notebook.Server;

namespace GaitProp.Kernel.Commands;

/// <summary><c>jupyter</c>: the notebook kernel, and where front ends find it.</summary>
internal static class JupyterCommand
{
    public static Command Build(CommandContext context)
    {
        var command = new Command("jupyter", "Install the notebook kernel for Jupyter front ends, VS Code among them.")
        {
            Install(context),
            List(context),
            Uninstall(context),
        };
        if (context.Results is null)
        {
            command.Subcommands.Add(Start());
        }

        return command;
    }

    private static Command Install(CommandContext context)
    {
        var prefix = Prefix("Install for an environment or a machine: into DIR/share/jupyter/kernels. Default: for this user.");
        var settings = new Option<bool>("--vscode-settings")
        {
            Description =
                "Add the setting that completion in VS Code needs to your user settings. Comments and everything else in them stay.",
        };
        var command = new Command("install", "Write the kernelspec. Doing it again changes nothing.") { prefix, settings };
        command.SetAction(parsed =>
        {
            var place = KernelSpecPlaces.Place(parsed.GetValue(prefix));
            var written = new KernelSpec(place).Install();
            context.Whole(
                written.Count == 0
                    ? $"Nothing to change: {KernelSpec.DisplayName} is installed in {place}."
                    : $"Installed {KernelSpec.DisplayName} in {place}: {string.Join(", ", written)}."
            );
            context.Whole(
                $"It starts {OwnProgram.AssemblyPath} with {OwnProgram.Host}: if one of them is moved, deleted or cleaned away, build and install again."
            );
            TellVsCode(context, parsed.GetValue(settings));
            return CommandLine.Success;
        });
        return command;
    }

    /// <summary>Says which line VS Code's user settings lack, or adds it.</summary>
    private static void TellVsCode(CommandContext context, bool write)
    {
        var files = VsCodeSettings.Files();
        if (write && files.Count == 0)
        {
            throw new GaitPropException(
                $"--vscode-settings: there is no settings.json of VS Code for this user. Open 'Preferences: Open User Settings (JSON)' in VS Code once, or add this line there: {VsCodeSettings.Line}"
            );
        }

        foreach (var file in files)
        {
            string? text;
            try
            {
                text = VsCodeSettings.Added(File.ReadAllText(file));
                if (write && text is not null)
                {
                    NotebookCommand.Write(file, text);
                }
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                var problem =
                    $"'{file}' was left as it is: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Add this line by hand: {VsCodeSettings.Line}";
                if (write)
                {
                    throw new GaitPropException(problem, e);
                }

                // The kernel is installed, and nobody has asked for this file.
                context.Whole(problem);
                continue;
            }

            context.Whole(
                text is null ? $"{file} has {VsCodeSettings.Key}."
                : write ? $"Added {VsCodeSettings.Key} to {file}."
                : $"For completion while you type, VS Code's user settings need one line; --vscode-settings adds it to {file}:\n  {VsCodeSettings.Line}"
            );
        }

        if (files.Count == 0)
        {
            context.Whole($"For completion while you type, VS Code's user settings need this line:\n  {VsCodeSettings.Line}");
        }
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
                context.Whole($"{KernelSpec.Name}  {spec.Folder}");
                context.Whole($"  {spec.State}");
            }

            if (found.Length == 0)
            {
                context.Whole($"{KernelSpec.DisplayName} is not installed: '{context.Prompt} jupyter install' installs it.");
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
            context.Whole(
                new KernelSpec(place).Uninstall()
                    ? $"Removed {place}."
                    : $"Nothing to remove: {KernelSpec.DisplayName} is not installed in {place}."
            );
            return CommandLine.Success;
        });
        return command;
    }

    private static Command Start()
    {
        var file = new Argument<string>("CONNECTION_FILE") { Description = "The file that a front end makes; kernel.json passes it on." };
        var command = new Command("start", "Run the kernel. Front ends call this.") { file };
        command.SetAction(
            async (parsed, _) =>
            {
                await KernelProgram.RunAsync(parsed.GetValue(file)!, OwnProgram.Info, OwnProgram.StartEditorsWorker);
                return CommandLine.Success;
            }
        );
        return command;
    }

    private static Option<string?> Prefix(string description) => new("--prefix") { Description = description, HelpName = "DIR" };
}
