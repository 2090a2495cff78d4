using System.CommandLine;
using GaitProp.Data;
using GaitProp.Data.Preparation;
using GaitProp.Figures;
using GaitProp.Storage;
using Spectre.Console;
using Table = GaitProp.Figures.Table;

namespace GaitProp.Kernel.Commands;

/// <summary><c>data</c>: lists, fetches, prepares and checks data sets.</summary>
internal static class DataCommand
{
    private const int DefaultSeed = 1;

    public static Command Build(CommandContext context) =>
        new("data", "List, fetch and check data sets; prepare ImageNet, or photos of your own, for training.")
        {
            List(context),
            DataFetchCommand.Build(context),
            Prepare(context),
            Verify(context),
        };

    private static Command Prepare(CommandContext context)
    {
        var set = new Argument<string>("SET")
        {
            Description = "imagenet: ImageNet, Tiny-ImageNet, or any set with one folder of photos per class.",
            CustomParser = result => Words.One(result, "set", ["imagenet"]),
        };
        set.CompletionSources.Add("imagenet");
        var from = new Option<string>("--from")
        {
            Description =
                "The folder of the photos: with ILSVRC, with train and val, with ILSVRC2012_img_train.tar, with one folder per class, or with photos named by their class.",
            HelpName = "DIR",
            Required = true,
        };
        var to = new Option<string>("--to")
        {
            Description = "The folder that gets the shards.",
            HelpName = "DIR",
            Required = true,
        };
        var size = SharedOptions.Number("--size", "Side of the images in pixels. Default: 224.", least: 1);
        var seed = SharedOptions.Number("--seed", "Fixes the order of the images. Default: 1.", least: 0);
        var threads = SharedOptions.Number("--threads", "Photos to decode at once. Default: one per core.", least: 1);
        var images = SharedOptions.Number("--shard-images", "Images per shard. Default: as many as fill 256 MB.", least: 1);
        var pixels = SharedOptions.Number(
            "--max-pixels",
            Text($"Pixels that a photo may have; one with more is left out. Default: {PhotoDecoder.DefaultMostPixels:N0}."),
            least: 1
        );
        var command = new Command(
            "prepare",
            "Decode, resize and shuffle a set of photos into shards. If it was stopped, the same command goes on from there."
        )
        {
            set,
            from,
            to,
            size,
            seed,
            threads,
            images,
            pixels,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var source = context.Busy(
                    "Listing the photos",
                    () => SourceSet.Open(parsed.GetValue(from)!, (ulong)(parsed.GetValue(seed) ?? DefaultSeed))
                );
                Run(
                    context,
                    source,
                    show => new ImagePreparation(source, parsed.GetValue(to)!)
                    {
                        Size = parsed.GetValue(size) ?? 224,
                        Seed = (ulong)(parsed.GetValue(seed) ?? DefaultSeed),
                        Threads = parsed.GetValue(threads) ?? Environment.ProcessorCount,
                        ShardImages = parsed.GetValue(images),
                        MostPixels = parsed.GetValue(pixels) ?? PhotoDecoder.DefaultMostPixels,
                        Progress = show,
                    },
                    cancellation
                );
                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    /// <summary>
    /// The folder of prepared photos that a command means: the named one, or, where that holds photos as they are downloaded, one in the
    /// user's cache folder that is filled from it, at the published size, unless it was before.
    /// </summary>
    /// <param name="context">Where progress is shown.</param>
    /// <param name="named">The folder that the user named.</param>
    /// <param name="cancellation">Stops the preparation; what is done stays.</param>
    /// <exception cref="GaitPropException">The folder holds neither, or cannot be read.</exception>
    internal static string Prepared(CommandContext context, string named, CancellationToken cancellation)
    {
        if (named == DataSets.Embedded || Photos.Prepared.FindIn(HomePath.Expand(named)) is not null)
        {
            return named;
        }

        var source = context.Busy("Listing the photos", () => SourceSet.Open(named, DefaultSeed));
        var folder = ImagePreparation.CacheFolder(source);
        if (!Photos.AreIn(folder))
        {
            context.Whole(
                $"{context.Place(Path.GetFullPath(HomePath.Expand(named)))} holds photos as they are downloaded; they are prepared once."
            );
            Run(context, source, show => new ImagePreparation(source, folder) { Progress = show }, cancellation);
        }

        return folder;
    }

    /// <summary>The folder that a question about a run means: of one on photos also where it holds them as they are downloaded.</summary>
    /// <param name="context">Where progress is shown.</param>
    /// <param name="kind">The experiment's field <c>data</c>.</param>
    /// <param name="named">The folder that the user named, if any.</param>
    /// <param name="cancellation">Stops the preparation; what is done stays.</param>
    /// <exception cref="GaitPropException">The folder holds no images, or cannot be read.</exception>
    internal static string? Prepared(CommandContext context, string? kind, string? named, CancellationToken cancellation) =>
        kind == Photos.Prepared.Name && named is not (null or DataSets.Embedded) && DataSets.Held(HomePath.Expand(named)) is null
            ? Prepared(context, named, cancellation)
            : named;

    private static void Run(
        CommandContext context,
        SourceSet source,
        Func<Action<PreparationProgress>, ImagePreparation> prepare,
        CancellationToken cancellation
    )
    {
        context.Out.WriteLine(
            Text(
                $"{source.Name}: {source.Train.Count:N0} training and {source.Validation.Count:N0} validation images, {source.Classes.Count:N0} classes ({source.Layout})."
            )
        );
        try
        {
            var (folder, manifest, wasThere) = DataProgress.Show(
                context,
                (PreparationProgress progress) => (double)progress.Done / progress.Total,
                show =>
                {
                    var preparation = prepare(show);
                    context.Out.WriteLine(Text($"Disk: {preparation.Need / 1e6:N1} MB in {context.Place(preparation.Folder)}."));
                    var (prepared, there) = preparation.Run(cancellation);
                    return (preparation.Folder, prepared, there);
                }
            );
            context.Whole(
                Text(
                    $"{(wasThere ? "All of it was there already" : "Done")}: {manifest.Train.Images:N0} training and {manifest.Validation.Images:N0} validation images of {manifest.Size} x {manifest.Size} in {context.Place(folder)}."
                )
            );
            foreach (var unreadable in manifest.Parts().SelectMany(p => p.Unreadable))
            {
                context.Out.WriteLine($"Left out, cannot be read: {unreadable.Name} ({unreadable.Reason})");
            }
        }
        catch (OperationCanceledException)
        {
            context.Error.WriteLine("Stopped. Shards that are whole are kept; the same command again goes on from there.");
            throw;
        }
    }

    /// <summary>Every set with its classes, its licence and where it is found.</summary>
    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List the data sets: names for experiments, classes, licences, and where they are.");
        command.SetAction(_ =>
        {
            context.Show(
                new Table(
                    [
                        new("name", Quantity.Words),
                        new("set", Quantity.Words),
                        new("classes", Quantity.Words),
                        new("licence", Quantity.Words),
                        new("found", Quantity.Words),
                    ],
                    [
                        .. DataSets.All.Select(set => new Row(
                            set.Name,
                            set.Title,
                            set.ClassNames is { } names ? Text($"{names.Count}") : "as its files say",
                            set.Licence,
                            Place(set)
                        )),
                    ]
                )
            );
            return CommandLine.Success;
        });
        return command;

        string Place(DataSet set)
        {
            try
            {
                return set is not FolderDataSet files ? "always"
                    : DataPlaces.Current.Find(files) is { } found ? $"{context.Place(found.Folder)} ({found.Words})"
                    : "no";
            }
            catch (GaitPropException)
            {
                // The folder of the environment variable, which is the only place then, holds other sets.
                return "no";
            }
        }
    }

    private static Command Verify(CommandContext context)
    {
        var folder = new Argument<string?>("DIR")
        {
            Description = "A folder that holds a data set. Default: CIFAR-10 where it is found.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("verify", "Check every file of a data set, against its checksum where one is known.") { folder };
        command.SetAction((parsed, cancellation) => Task.FromResult(Verify(context, parsed.GetValue(folder), cancellation)));
        return command;
    }

    private static int Verify(CommandContext context, string? named, CancellationToken cancellation)
    {
        var folder = named is null ? null : Path.GetFullPath(HomePath.Expand(named));
        var held =
            folder is not null ? DataSets.Held(folder)
            : DataPlaces.Current.Find(Cifar10.Official) is { } found ? (Cifar10.Official, found.Folder)
            : null;
        if (held is not { } set)
        {
            throw new GaitPropException(
                $"{Lack(folder)}: name a folder that 'gaitprop data prepare imagenet' or 'gaitprop data fetch' has filled."
            );
        }

        var verdict = context.Busy($"Checking {set.Set.Title}", () => set.Set.Verify(set.Folder, cancellation));
        foreach (var error in verdict.Errors)
        {
            context.Error.WriteLine(error);
        }

        if (verdict.Errors.Count > 0)
        {
            return CommandLine.Failure;
        }

        context.Whole($"{verdict.Name} in {context.Place(set.Folder)}: {verdict.Words}.");
        return CommandLine.Success;
    }

    private static string Lack(string? folder) =>
        folder is null ? "no data set was found"
        : File.Exists(folder) ? $"{folder} is a file, not a folder"
        : !Directory.Exists(folder) ? $"{folder} does not exist"
        : $"{folder} holds no data set, neither {string.Join(" nor ", DataSets.All.OfType<FolderDataSet>().Select(s => s.Marks[0]).Distinct().OrderBy(m => m != ShardManifest.FileName))}";
}
