using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using GaitProp.Data;
using GaitProp.Data.Preparation;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>data</c>: prepares sets of photos, and checks what is there.</summary>
internal static class DataCommand
{
    private const int DefaultSeed = 1;

    private static readonly TimeSpan _lineEvery = TimeSpan.FromSeconds(2);

    public static Command Build(CommandContext context) => new("data", "Prepare ImageNet, or photos of your own, for training; check data sets.") { Prepare(context), Verify(context) };

    private static Command Prepare(CommandContext context)
    {
        var set = new Argument<string>("SET") { Description = "imagenet: ImageNet, Tiny-ImageNet, or any set with one folder of photos a class.", CustomParser = result => Words.One(result, "set", ["imagenet"]) };
        set.CompletionSources.Add("imagenet");
        var from = new Option<string>("--from") { Description = "The folder of the photos: with ILSVRC, with train and val, with ILSVRC2012_img_train.tar, with one folder a class, or with photos named by their class.", HelpName = "ROOT", Required = true };
        var to = new Option<string>("--to") { Description = "The folder that gets the shards.", HelpName = "DIR", Required = true };
        var size = SharedOptions.Number("--size", "Side of the images in pixels. Default: 224.", least: 1);
        var seed = SharedOptions.Number("--seed", "Fixes the order of the images. Default: 1.", least: 0);
        var threads = SharedOptions.Number("--threads", "Photos decoded at a time. Default: one a core.", least: 1);
        var images = SharedOptions.Number("--shard-images", "Images of a shard. Default: as many as make 256 MB.", least: 1);
        var pixels = SharedOptions.Number("--max-pixels", string.Create(CultureInfo.InvariantCulture, $"Pixels that a photo may have; one with more is left out. Default: {PhotoDecoder.DefaultMostPixels:N0}."), least: 1);
        var command = new Command("prepare", "Decode, resize and shuffle a set of photos into shards. The same command again goes on where an earlier one was stopped.")
        {
            set, from, to, size, seed, threads, images, pixels,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var source = context.Busy("Listing the photos", () => SourceSet.Open(parsed.GetValue(from)!, (ulong)(parsed.GetValue(seed) ?? DefaultSeed)));
            Run(context, source, show => new ImagePreparation(source, parsed.GetValue(to)!)
            {
                Size = parsed.GetValue(size) ?? 224,
                Seed = (ulong)(parsed.GetValue(seed) ?? DefaultSeed),
                Threads = parsed.GetValue(threads) ?? Environment.ProcessorCount,
                ShardImages = parsed.GetValue(images),
                MostPixels = parsed.GetValue(pixels) ?? PhotoDecoder.DefaultMostPixels,
                Progress = show,
            }, cancellation);
            return Task.FromResult(CommandLine.Success);
        });
        return command;
    }

    /// <summary>
    /// The folder of prepared photos that a command means: the named one, or, where that holds photos as they are downloaded, one in the user's cache folder that is filled from it,
    /// at the published size, unless it was before.
    /// </summary>
    /// <param name="context">Where progress is shown.</param>
    /// <param name="named">The folder that the user named.</param>
    /// <param name="cancellation">Stops the preparation; what is done stays.</param>
    /// <exception cref="GaitPropException">The folder holds neither, or cannot be read.</exception>
    internal static string Prepared(CommandContext context, string named, CancellationToken cancellation)
    {
        if (named == DataSets.Embedded || PreparedPhotos.AreIn(named) || PreparedPhotos.AreIn(Path.Combine(named, PreparedPhotos.FolderName)))
        {
            return named;
        }

        var source = context.Busy("Listing the photos", () => SourceSet.Open(named, DefaultSeed));
        var folder = ImagePreparation.CacheFolder(source);
        if (!PreparedPhotos.AreIn(folder))
        {
            context.Out.WriteLine($"{context.Place(Path.GetFullPath(HomePath.Expand(named)))} holds photos as they are downloaded; they are prepared once.");
            Run(context, source, show => new ImagePreparation(source, folder) { Progress = show }, cancellation);
        }

        return folder;
    }

    private static void Run(CommandContext context, SourceSet source, Func<Action<PreparationProgress>, ImagePreparation> prepare, CancellationToken cancellation)
    {
        context.Out.WriteLine(Text($"{source.Name}: {source.Train.Count:N0} training and {source.Validation.Count:N0} validation images, {source.Classes.Count:N0} classes ({source.Layout})."));
        try
        {
            var (folder, manifest, wasThere) = Shown(context, show =>
            {
                var preparation = prepare(show);
                context.Out.WriteLine(Text($"Disk: {preparation.Need / 1e6:N1} MB in {context.Place(preparation.Folder)}."));
                var (prepared, there) = preparation.Run(cancellation);
                return (preparation.Folder, prepared, there);
            });
            context.Out.WriteLine(Text($"{(wasThere ? "All of it was there already" : "Done")}: {manifest.Train.Images:N0} training and {manifest.Validation.Images:N0} validation images of {manifest.Size} x {manifest.Size} in {context.Place(folder)}."));
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

    /// <summary>A bar in a terminal; elsewhere a line every two seconds.</summary>
    private static T Shown<T>(CommandContext context, Func<Action<PreparationProgress>, T> work)
    {
        if (context.Out.Profile.Out.IsTerminal)
        {
            return context.Out.Progress().AutoClear(true)
                .Columns(new ProgressBarColumn { Width = 30 }, new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(bars =>
                {
                    var bar = bars.AddTask("starting", maxValue: 1);
                    return work(progress =>
                    {
                        bar.Value = (double)progress.Done / progress.Total;
                        bar.Description = Markup.Escape(progress.ToString());
                    });
                });
        }

        var since = Stopwatch.StartNew();
        return work(progress =>
        {
            if (since.Elapsed >= _lineEvery)
            {
                context.Out.WriteLine(progress.ToString());
                since.Restart();
            }
        });
    }

    private static Command Verify(CommandContext context)
    {
        var folder = new Argument<string?>("DIR") { Description = "A folder of shards, or one that holds CIFAR-10. Default: CIFAR-10 where it is found.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("verify", "Check every file of a data set against its checksum.") { folder };
        command.SetAction((parsed, cancellation) => Task.FromResult(Verify(context, parsed.GetValue(folder), cancellation)));
        return command;
    }

    private static int Verify(CommandContext context, string? named, CancellationToken cancellation)
    {
        var folder = named is null ? null : Path.GetFullPath(HomePath.Expand(named));
        if (folder is not null && ShardManifest.In(folder) is { } manifest)
        {
            var shards = manifest.Parts().Sum(p => p.Shards.Count);
            var errors = context.Busy(Text($"Checking {shards} shards"), () => ShardCheck.Verify(folder, manifest, _ => { }, cancellation));
            foreach (var error in errors)
            {
                context.Error.WriteLine(error);
            }

            if (errors.Count > 0)
            {
                return CommandLine.Failure;
            }

            context.Out.WriteLine(Text($"{manifest.Name} in {context.Place(folder)}: {shards} shards of {manifest.Train.Images:N0} training and {manifest.Validation.Images:N0} validation images; all checksums are right."));
            return CommandLine.Success;
        }

        var cifar = folder is null ? DataPlaces.Current.FindCifar10()?.Folder : Cifar10.FindIn(folder);
        if (cifar is null)
        {
            throw new GaitPropException($"{Lack(folder)}: name a folder that 'gaitprop data prepare imagenet' has filled, or one that holds CIFAR-10.");
        }

        context.Busy("Checking CIFAR-10", () =>
        {
            Cifar10.Verify(cifar, cancellation);
            return true;
        });
        context.Out.WriteLine($"CIFAR-10 in {context.Place(cifar)}: all md5 sums are right.");
        return CommandLine.Success;
    }

    private static string Lack(string? folder) =>
        folder is null ? "no data set was found"
        : File.Exists(folder) ? $"{folder} is a file, not a folder"
        : !Directory.Exists(folder) ? $"{folder} does not exist"
        : $"{folder} holds no data set, neither {ShardManifest.FileName} of prepared photos nor {Cifar10.FolderName}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
