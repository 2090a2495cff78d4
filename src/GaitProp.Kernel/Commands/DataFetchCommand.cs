using System.CommandLine;
using GaitProp.Data;
using GaitProp.Storage;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// <c>data fetch</c>: downloads a published set, or takes one that is there, checks every byte, and puts it where the kit finds it.
/// </summary>
internal static class DataFetchCommand
{
    public static Command Build(CommandContext context)
    {
        string[] names = [.. DataSets.All.OfType<FolderDataSet>().Where(s => s.Release is not null).Select(s => s.Name)];
        var set = new Argument<string>("SET")
        {
            Description = $"{string.Join(", ", names)}.",
            CustomParser = result => Words.One(result, "set", names),
        };
        set.CompletionSources.Add(names);
        var to = new Option<string>("--to")
        {
            Description = "The folder that gets the set's folder; gaitprop searches ./data and the user's cache folder.",
            HelpName = "DIR",
            DefaultValueFactory = _ => DataPlaces.Current.InCache,
        };
        var from = SharedOptions.Word(
            "--from",
            "Do not download: take this archive (.tar.gz or .tar), or this folder of the set's files.",
            "FILE|DIR"
        );
        var url = SharedOptions.Word(
            "--url",
            "Download from another address that has the same archive, or the same files in a folder.",
            "URL"
        );
        var command = new Command(
            "fetch",
            "Download a data set, check every byte and put it where every command finds it. An interrupted download goes on where it stopped."
        )
        {
            set,
            to,
            from,
            url,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(from) is not null && result.GetValue(url) is not null)
            {
                result.AddError("--from and --url exclude each other: give one of them.");
            }

            foreach (var option in new[] { (Option)to, from, url })
            {
                if (result.GetResult(option) is { Implicit: false, Tokens: [{ Value: var value }] } && string.IsNullOrWhiteSpace(value))
                {
                    result.AddError($"{option.Name} is empty: give {option.HelpName}, or leave it out.");
                }
            }

            if (result.GetValue(url) is { Length: > 0 } text && AddressOf(text) is null)
            {
                result.AddError($"--url {text} is not an address: it has to begin with http:// or https://.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
                FetchAsync(
                    context,
                    (FolderDataSet)DataSets.Find(parsed.GetValue(set)!),
                    parsed.GetValue(to)!,
                    parsed.GetValue(from),
                    parsed.GetValue(url) is { } address ? AddressOf(address) : null,
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> FetchAsync(
        CommandContext context,
        FolderDataSet set,
        string to,
        string? from,
        Uri? address,
        CancellationToken cancellation
    )
    {
        var source = from is not null
            ? Path.GetFullPath(HomePath.Expand(from))
            : (address ?? set.Release!.Downloads[0].Address).AbsoluteUri;
        context.Whole($"{set.Title} from {source} to {Path.GetFullPath(HomePath.Expand(to))}");
        try
        {
            var installed = await DataProgress.ShowAsync(
                context,
                (InstallProgress progress) => progress.Fraction,
                progress => progress.Note is not null,
                show =>
                {
                    var installer = new DataInstaller(set, to) { Address = address, Progress = show };
                    return from is null ? installer.DownloadAsync(cancellation) : installer.ImportAsync(from, cancellation);
                }
            );
            var state =
                installed.Found is { } found ? $" already: {found.Words}; nothing was changed"
                : set.Release!.Files.All(f => f.Md5 is not null) ? "; all md5 sums are right"
                : from is not null ? "; sizes and labels are right"
                : "; the archive's md5 sum, sizes and labels are right";
            context.Whole($"{set.Title} is in {installed.Folder}{state}.");
            context.Whole(DataPlaces.Current.Explain(set, installed.Folder));
            return CommandLine.Success;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            context.Error.WriteLine(
                from is null
                    ? "Stopped. What came in is kept: running the same command again goes on from there."
                    : "Stopped; nothing was installed."
            );
            throw;
        }
    }

    private static Uri? AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
}
