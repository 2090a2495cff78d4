using System.Formats.Tar;
using GaitProp.Data;
using GaitProp.Data.Preparation;
using NetVips;

namespace GaitProp.Tests.Data;

public sealed class ImagePreparationTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Pixels_and_labels_are_those_of_the_photos()
    {
        var (set, manifest) = Prepare(PhotoFolder.Classes(_scratch["in"]), "out", size: 8);

        Assert.Equal((15, 6), (manifest.Train.Images, manifest.Validation.Images));
        Assert.Equal(["n00000000", "n00000001", "n00000002"], manifest.Classes.Select(c => c.Id));
        var shard = Assert.Single(manifest.Train.Shards);
        var pixels = File.ReadAllBytes(shard.PixelsFile(_scratch["out"]));
        var labels = File.ReadAllBytes(shard.LabelsFile(_scratch["out"]));
        Assert.Contains(
            "'descr': '|u1', 'fortran_order': False, 'shape': (15, 3, 8, 8)",
            System.Text.Encoding.ASCII.GetString(pixels, 0, 128),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'descr': '<i8', 'fortran_order': False, 'shape': (15,)",
            System.Text.Encoding.ASCII.GetString(labels, 0, 128),
            StringComparison.Ordinal
        );

        var found = new HashSet<int>();
        for (var i = 0; i < 15; i++)
        {
            // A photo of number n is of one colour, and its class is its tens.
            var red = pixels[128 + (i * 192)];
            var number = Enumerable
                .Range(0, 15)
                .Select(n => (10 * (n / 5)) + (n % 5))
                .MinBy(n =>
                    Math.Abs((37 * n % 256) - red)
                    + Math.Abs((91 * n % 256) - pixels[128 + (i * 192) + 64])
                    + Math.Abs((151 * n % 256) - pixels[128 + (i * 192) + 128])
                );
            Assert.InRange(Math.Abs((91 * number % 256) - pixels[128 + (i * 192) + 64 + 20]), 0, 3);
            Assert.InRange(Math.Abs((151 * number % 256) - pixels[128 + (i * 192) + 128 + 63]), 0, 3);
            Assert.Equal(number / 10, BitConverter.ToInt64(labels, 128 + (8 * i)));
            found.Add(number);
        }

        Assert.Equal(15, found.Count);
        Assert.NotEqual(
            set.Train.Select(i => (long)i.Label),
            Enumerable.Range(0, 15).Select(i => BitConverter.ToInt64(labels, 128 + (8 * i)))
        );
    }

    [Fact]
    public void Odd_files_are_read_and_what_is_no_photo_is_named()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 1, validation: 1);
        var folder = _scratch["in", "train", "n00000000"];
        using var photo = PhotoFolder.Photo(50, 20, 3);
        using var grey = photo.Colourspace(Enums.Interpretation.Bw);
        using var cmyk = photo.Colourspace(Enums.Interpretation.Cmyk);
        using var noise = Image.Gaussnoise(200, 200).Cast(Enums.BandFormat.Uchar);
        File.WriteAllBytes(Path.Combine(folder, "grey.JPEG"), grey.JpegsaveBuffer());
        File.WriteAllBytes(Path.Combine(folder, "cmyk.JPEG"), cmyk.JpegsaveBuffer());
        File.WriteAllBytes(Path.Combine(folder, "png.JPEG"), photo.PngsaveBuffer());
        File.WriteAllBytes(Path.Combine(folder, "alpha.png"), photo.Bandjoin(255).PngsaveBuffer());
        File.WriteAllBytes(Path.Combine(folder, "progressive.JPEG"), photo.JpegsaveBuffer(interlace: true));
        var whole = noise.JpegsaveBuffer();
        File.WriteAllBytes(Path.Combine(folder, "truncated.JPEG"), whole[..(whole.Length / 2)]);
        File.WriteAllText(Path.Combine(folder, "words.JPEG"), "no photo");
        File.WriteAllBytes(Path.Combine(folder, "empty.JPEG"), []);

        var (_, manifest) = Prepare(_scratch["in"], "out", size: 8);

        Assert.Equal(7, manifest.Train.Images);
        Assert.Equal(
            ["empty.JPEG", "truncated.JPEG", "words.JPEG"],
            manifest.Train.Unreadable.Select(u => Path.GetFileName(u.Name)).Order()
        );
        Assert.All(manifest.Train.Unreadable, u => Assert.DoesNotContain('\n', u.Reason));
    }

    [Theory]
    [InlineData("solution")]
    [InlineData("devkit")]
    [InlineData("both")]
    public void A_flat_validation_folder_gets_its_labels(string from)
    {
        var root = ClsLoc(from);

        var set = SourceSet.Open(root, 1);

        Assert.Equal(4, set.Validation.Count);
        Assert.Equal([2, 0, 1, 2], set.Validation.OrderBy(i => i.Name, StringComparer.Ordinal).Select(i => i.Label));
        Assert.Equal("first, one", set.Classes[0].Name);
    }

    [Fact]
    public void Labels_that_contradict_each_other_are_an_error()
    {
        var root = ClsLoc("both");
        File.WriteAllText(
            Path.Combine(root, "LOC_val_solution.csv"),
            "ImageId,PredictionString\nILSVRC2012_val_00000001,n00000001 0 0 1 1 \n"
        );

        Assert.Contains(
            "ILSVRC2012_val_00000001.JPEG is of class n00000002",
            Assert.Throws<GaitPropException>(() => SourceSet.Open(root, 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Labels_that_are_missing_are_an_error() =>
        Assert.Contains(
            "LOC_val_solution.csv",
            Assert.Throws<GaitPropException>(() => SourceSet.Open(ClsLoc("none"), 1)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Archives_give_the_same_pixels_as_the_folders()
    {
        var root = ClsLoc("solution");
        var archives = _scratch.Make("archives");
        File.Copy(Path.Combine(root, "LOC_val_solution.csv"), Path.Combine(archives, "LOC_val_solution.csv"));
        var inner = _scratch.Make("inner");
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(root, "ILSVRC", "Data", "CLS-LOC", "train")))
        {
            TarFile.CreateFromDirectory(folder, Path.Combine(inner, Path.GetFileName(folder) + ".tar"), includeBaseDirectory: false);
        }

        TarFile.CreateFromDirectory(inner, Path.Combine(archives, "ILSVRC2012_img_train.tar"), includeBaseDirectory: false);
        TarFile.CreateFromDirectory(
            Path.Combine(root, "ILSVRC", "Data", "CLS-LOC", "val"),
            Path.Combine(archives, "ILSVRC2012_img_val.tar"),
            includeBaseDirectory: false
        );

        var (_, fromFolders) = Prepare(root, "a", size: 8);
        var (_, fromArchives) = Prepare(archives, "b", size: 8);

        Assert.Equal(fromFolders.Train.Shards, fromArchives.Train.Shards);
        Assert.Equal(fromFolders.Validation.Shards, fromArchives.Validation.Shards);
    }

    [Fact]
    public void Tiny_imagenet_is_known()
    {
        for (var c = 0; c < 2; c++)
        {
            PhotoFolder.Jpeg(_scratch["tiny", "train", $"n0000000{c}", "images", "a.JPEG"], c);
            PhotoFolder.Jpeg(_scratch["tiny", "val", "images", $"val_{c}.JPEG"], c);
            PhotoFolder.Jpeg(_scratch["tiny", "test", "images", $"test_{c}.JPEG"], c);
        }

        File.WriteAllText(
            _scratch["tiny", "val", "val_annotations.txt"],
            "val_0.JPEG\tn00000001\t0\t0\t1\t1\nval_1.JPEG\tn00000000\t0\t0\t1\t1\n"
        );
        File.WriteAllText(_scratch["tiny", "words.txt"], "n00000001\tsecond\n");

        var set = SourceSet.Open(_scratch["tiny"], 1);

        Assert.Equal(2, set.Train.Count);
        Assert.Equal([1, 0], set.Validation.Select(i => i.Label));
        Assert.Equal("second", set.Classes[1].Name);
    }

    [Fact]
    public void Class_folders_alone_have_one_in_ten_held_out()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 4, train: 5, validation: 0);

        var set = SourceSet.Open(_scratch["in", "train"], 1);

        Assert.Equal((18, 2), (set.Train.Count, set.Validation.Count));
        Assert.Empty(set.Train.Intersect(set.Validation));
    }

    [Fact]
    public void A_folder_without_photos_is_an_error_that_says_what_should_be_there()
    {
        _scratch.Make("empty");

        Assert.Contains(
            "train and val",
            Assert.Throws<GaitPropException>(() => SourceSet.Open(_scratch["empty"], 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Photos_in_one_folder_are_of_the_classes_that_their_names_say()
    {
        foreach (var (i, name) in new[] { "n01440764_1.JPEG", "a_n01443537_2.JPEG", "n01440764_10.JPEG", "n014407641.JPEG" }.Index())
        {
            PhotoFolder.Jpeg(_scratch["photos", name], i);
        }

        var set = SourceSet.Open(_scratch["photos"], 1);

        Assert.Equal(["n01440764", "n01443537", "photos"], set.Classes.Select(c => c.Id));
        Assert.Equal(
            [("a_n01443537_2.JPEG", 1), ("n014407641.JPEG", 2), ("n01440764_1.JPEG", 0), ("n01440764_10.JPEG", 0)],
            set.Train.Concat(set.Validation).Select(i => (i.Name, i.Label)).OrderBy(i => i.Name, StringComparer.Ordinal)
        );
    }

    /// <summary>How large a photo may be decides which are in the set: another limit is another set.</summary>
    [Fact]
    public void A_set_with_another_limit_of_pixels_is_another_set()
    {
        var root = PhotoFolder.Classes(_scratch["in"]);
        _ = Prepare(root, "out");

        var other = new ImagePreparation(SourceSet.Open(root, 1), _scratch["out"]) { Size = 8, MostPixels = 1_000_000 };

        Assert.Contains(
            "or the same one with another --max-pixels",
            Assert.Throws<GaitPropException>(() => other.Run(TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("in")]
    [InlineData("in/train")]
    [InlineData("in/train/n00000000")]
    public void One_class_is_refused(string folder)
    {
        PhotoFolder.Classes(_scratch["in"], classes: 1);
        Directory.Delete(_scratch["in", "val"], recursive: true);

        Assert.Contains(
            "one class only, n00000000",
            Assert.Throws<GaitPropException>(() => SourceSet.Open(_scratch[folder], 1)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Said before anything is decoded.</summary>
    [Fact]
    public void A_validation_folder_without_photos_is_one_line()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 2, validation: 1);
        Array.ForEach(Directory.GetFiles(_scratch["in", "val"], "*", SearchOption.AllDirectories), File.Delete);

        var message = Assert.Throws<GaitPropException>(() => SourceSet.Open(_scratch["in"], 1)).Message;

        Assert.Contains("has no validation photos", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("Training", "Testing")]
    [InlineData("Train", "Test")]
    [InlineData("train", "VAL")]
    public void Parts_are_known_by_any_of_their_names_and_what_programs_leave_behind_is_no_class(string train, string validation)
    {
        PhotoFolder.Classes(_scratch["made"], classes: 2, train: 3, validation: 1);
        Directory.CreateDirectory(_scratch["in"]);
        Directory.Move(_scratch["made", "train"], _scratch["in", train]);
        Directory.Move(_scratch["made", "val"], _scratch["in", validation]);
        PhotoFolder.Jpeg(_scratch["in", train, "__MACOSX", "n00000000", "._1.jpg"], 1);
        PhotoFolder.Jpeg(_scratch["in", validation, ".ipynb_checkpoints", "copy.jpg"], 1);

        var set = SourceSet.Open(_scratch["in"], 1);

        Assert.Equal(["n00000000", "n00000001"], set.Classes.Select(c => c.Id));
        Assert.Equal((6, 2), (set.Train.Count, set.Validation.Count));
    }

    [Fact]
    public void A_class_may_be_called_train()
    {
        foreach (var (number, name) in ((string[])["Bus", "Car", "Train"]).Index())
        {
            PhotoFolder.Jpeg(_scratch["in", name, "1.jpg"], number);
            PhotoFolder.Jpeg(_scratch["in", name, "2.jpg"], number);
        }

        Assert.Equal(["Bus", "Car", "Train"], SourceSet.Open(_scratch["in"], 1).Classes.Select(c => c.Id));
    }

    [Fact]
    public void Photos_beside_folders_of_photos_are_of_no_class()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 2, validation: 1);
        PhotoFolder.Jpeg(_scratch["in", "val", "beside.jpg"], 1);

        Assert.Contains(
            "has photos beside folders of photos, such as beside.jpg",
            Assert.Throws<GaitPropException>(() => SourceSet.Open(_scratch["in"], 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("train", "training")]
    [InlineData("val", "validation")]
    public void A_part_of_which_no_photo_can_be_read_is_an_error_and_leaves_nothing(string part, string said)
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 2, validation: 1);
        var photos = Directory.GetFiles(_scratch["in", part], "*", SearchOption.AllDirectories);
        Array.ForEach(photos, photo => File.WriteAllText(photo, "no photo"));

        var message = Assert.Throws<GaitPropException>(() => Prepare(_scratch["in"], "out", size: 8)).Message;

        Assert.StartsWith($"none of the {photos.Length} {said} photos of", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Empty(Directory.GetFiles(_scratch["out"], "*.npy", SearchOption.AllDirectories));
        Array.ForEach(photos, photo => PhotoFolder.Photo(50, 20, 3).WriteToFile(photo + ".png"));
        Assert.NotEqual(0, Prepare(_scratch["in"], "out", size: 8).Manifest.Parts().Min(p => p.Images));
    }

    [Fact]
    public void Shards_do_not_depend_on_the_number_of_threads()
    {
        var root = PhotoFolder.Classes(_scratch["in"]);
        var (_, one) = Prepare(root, "a", size: 8, shard: 4, threads: 1);
        var (_, four) = Prepare(root, "b", size: 8, shard: 4, threads: 4);

        Assert.Equal(4, one.Train.Shards.Count);
        Assert.Equal(one.Train.Shards, four.Train.Shards);
        Assert.Equal(File.ReadAllBytes(_scratch["a", "manifest.json"]), File.ReadAllBytes(_scratch["b", "manifest.json"]));
    }

    [Fact]
    public void Another_seed_is_another_order()
    {
        var root = PhotoFolder.Classes(_scratch["in"]);

        Assert.NotEqual(Prepare(root, "a", seed: 1).Manifest.Train.Shards, Prepare(root, "b", seed: 2).Manifest.Train.Shards);
    }

    [Fact]
    public void What_is_there_is_left_alone_and_what_is_missing_is_made_again()
    {
        var root = PhotoFolder.Classes(_scratch["in"]);
        var (set, _) = Prepare(root, "out", shard: 4);
        var before = Files("out");

        Assert.True(
            new ImagePreparation(set, _scratch["out"]) { Size = 8, ShardImages = 4 }
                .Run(TestContext.Current.CancellationToken)
                .WasThere
        );
        File.Delete(_scratch["out", "train-00002.npy"]);
        Assert.False(
            new ImagePreparation(set, _scratch["out"]) { Size = 8, ShardImages = 4 }
                .Run(TestContext.Current.CancellationToken)
                .WasThere
        );

        Assert.Equal(before, Files("out"));
    }

    [Fact]
    public void A_folder_of_another_set_is_not_overwritten()
    {
        var (set, _) = Prepare(PhotoFolder.Classes(_scratch["in"]), "out");

        Assert.Contains(
            "holds another set",
            Assert
                .Throws<GaitPropException>(() =>
                    new ImagePreparation(set, _scratch["out"]) { Size = 9 }.Run(TestContext.Current.CancellationToken)
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_disk_that_is_too_small_is_told_before_the_work()
    {
        var set = SourceSet.Open(PhotoFolder.Classes(_scratch["in"]), 1);

        var error = Assert.Throws<GaitPropException>(() =>
            new ImagePreparation(set, _scratch["out"]) { FreeSpace = _ => 1000 }.Run(TestContext.Current.CancellationToken)
        );

        Assert.Contains("free space", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_scratch["out"], "*.npy"));
    }

    [Fact]
    public void A_byte_that_was_changed_is_found()
    {
        var (_, manifest) = Prepare(PhotoFolder.Classes(_scratch["in"]), "out");
        Assert.Empty(ShardCheck.Verify(_scratch["out"], manifest, _ => { }, TestContext.Current.CancellationToken));

        var bytes = File.ReadAllBytes(_scratch["out", "train-00000.npy"]);
        bytes[200] ^= 1;
        File.WriteAllBytes(_scratch["out", "train-00000.npy"], bytes);

        Assert.Contains(
            "train-00000.npy has the checksum",
            Assert.Single(ShardCheck.Verify(_scratch["out"], manifest, _ => { }, TestContext.Current.CancellationToken)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Real_photos_are_prepared_without_a_lost_image_and_the_truncated_one_is_named()
    {
        var set = SourceSet.Open(RealPhotos("ilsvrc-mini"), 1);
        Assert.Equal((48, 16, 8), (set.Train.Count, set.Validation.Count, set.Classes.Count));
        Assert.Contains("agrees", set.Layout, StringComparison.Ordinal);
        var (manifest, _) = new ImagePreparation(set, _scratch["mini"]) { Size = 64 }.Run(TestContext.Current.CancellationToken);
        Assert.Equal((48, 16), (manifest.Train.Images, manifest.Validation.Images));

        var odd = SourceSet.Open(RealPhotos("ilsvrc-mini-odd"), 1);
        Assert.Equal(["ilsvrc-mini-odd", "n01440764", "n01443537"], odd.Classes.Select(c => c.Id));
        var (oddManifest, _) = new ImagePreparation(odd, _scratch["prepared"]) { Size = 64 }.Run(TestContext.Current.CancellationToken);
        Assert.Equal(4, oddManifest.Parts().Sum(p => p.Images));
        Assert.Equal("pillow_truncated_jpeg.jpg", Assert.Single(oddManifest.Parts().SelectMany(p => p.Unreadable)).Name);
    }

    private static string RealPhotos(string name)
    {
        var data = Path.GetFullPath(Path.Combine(Repository.Folder, "..", "shared", "data", name));
        Assert.SkipUnless(Directory.Exists(data), $"The photos of {name} are not beside the repository; this test needs them.");
        return data;
    }

    private (SourceSet Set, ShardManifest Manifest) Prepare(
        string root,
        string to,
        int size = 8,
        ulong seed = 1,
        int? shard = null,
        int threads = 2
    )
    {
        var set = SourceSet.Open(root, seed);
        return (
            set,
            new ImagePreparation(set, _scratch[to])
            {
                Size = size,
                Seed = seed,
                ShardImages = shard,
                Threads = threads,
            }
                .Run(TestContext.Current.CancellationToken)
                .Manifest
        );
    }

    private (string, string)[] Files(string folder) =>
        [
            .. Directory
                .EnumerateFiles(_scratch[folder])
                .Order(StringComparer.Ordinal)
                .Select(f => (Path.GetFileName(f), ShardRecord.Sha256(f))),
        ];

    /// <summary>Three classes, four validation images of the classes 2, 0, 1, 2.</summary>
    private string ClsLoc(string labels)
    {
        var root = _scratch["set"];
        for (var c = 0; c < 3; c++)
        {
            PhotoFolder.Jpeg(Path.Combine(root, "ILSVRC", "Data", "CLS-LOC", "train", $"n0000000{c}", $"n0000000{c}_1.JPEG"), c);
        }

        for (var i = 1; i <= 4; i++)
        {
            PhotoFolder.Jpeg(Path.Combine(root, "ILSVRC", "Data", "CLS-LOC", "val", $"ILSVRC2012_val_0000000{i}.JPEG"), i);
        }

        File.WriteAllText(Path.Combine(root, "LOC_synset_mapping.txt"), "n00000000 first, one\nn00000001 second\nn00000002 third\n");
        if (labels is "solution" or "both")
        {
            File.WriteAllText(
                Path.Combine(root, "LOC_val_solution.csv"),
                "ImageId,PredictionString\nILSVRC2012_val_00000004,n00000002 0 0 1 1 \nILSVRC2012_val_00000001,n00000002 0 0 1 1 n00000002 3 3 4 4 \nILSVRC2012_val_00000002,n00000000 0 0 1 1 \nILSVRC2012_val_00000003,n00000001 0 0 1 1 \n"
            );
        }

        if (labels is "devkit" or "both")
        {
            var devkit = Directory.CreateDirectory(Path.Combine(root, "ILSVRC", "devkit", "data")).FullName;
            File.WriteAllText(Path.Combine(devkit, "ILSVRC2012_validation_ground_truth.txt"), "7\n9\n8\n7\n");
            File.WriteAllText(Path.Combine(devkit, "map_clsloc.txt"), "n00000002 7 third\nn00000001 8 second\nn00000000 9 first\n");
        }

        return root;
    }
}
