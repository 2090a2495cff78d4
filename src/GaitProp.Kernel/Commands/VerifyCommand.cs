using System.CommandLine;
using GaitProp.Kernel.Tables;
using GaitProp.Verification;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary><c>verify</c>: recomputes reference vectors, which is how an installation is trusted.</summary>
internal static class VerifyCommand
{
    public static Command Build(CommandContext context)
    {
        var vectors = new Option<string[]>("--vectors")
        {
            Description = "Files of reference vectors (gaitprop-vectors/1). Default: those inside the program.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = true,
        };
        var device = SharedOptions.Device();
        var command = new Command("verify", "Recompute reference vectors in every form and precision, and print the worst error of each.")
        {
            vectors,
            device,
        };
        command.SetAction(parsed => Run(context, parsed.GetValue(vectors) ?? [], ComputeDevice.Of(parsed.GetValue(device))));
        return command;
    }

    private static int Run(CommandContext context, string[] files, torch.Device device)
    {
        var results = Verifier.Verify(files, device).ToArray();
        foreach (var group in results.GroupBy(r => r.Case))
        {
            context.Show(VerificationTable.Of(group));
        }

        VerificationResult[] failed = [.. results.Where(r => !r.Passed)];
        context.Out.WriteLine(
            Text(
                $"{results.Length - failed.Length} of {results.Length} checks hold{(failed.Length == 0 ? "." : $"; {failed.Length} do not.")}"
            )
        );
        if (failed is not [var first, ..])
        {
            return CommandLine.Success;
        }

        var more = failed.Length == 1 ? "" : Text($"; {failed.Length - 1} more in the tables");
        context.Error.WriteLine(
            Text(
                $"{first.Case}, rule {first.Rule}, layer {first.Layer}: {first.Way} differs from the vectors, {first.Measure} {first.Worst:0.0e+0} where {first.Bound:0e+0} is the bound{more}."
            )
        );
        return CommandLine.Failure;
    }
}
