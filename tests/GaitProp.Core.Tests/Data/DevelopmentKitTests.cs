using System.Formats.Tar;
using System.IO.Compression;
using GaitProp.Data.Preparation;

namespace GaitProp.Tests.Data;

public sealed class DevelopmentKitTests : IDisposable
{
    /// <summary>
    /// The end of <c>meta.mat</c> as SciPy writes it (from byte 124 of its header on), compressed: synsets 7 n00000002 third, 8 n00000001
    /// second, two, 9 n00000000 first, one, and 1860 n00001740 entity, which has children.
    /// </summary>
    private const string Meta =
        "AAFJTQ8AAABsAQAAeJztks1Kw0AQxyeatqmFUm8eg+ce0ijozYAeLIiIgh5DaNZkod1AdqX0DXwAr76Xj+EjuJts6mYNbEnAUweGzUz4/XfnYwwAXw5An5/8gAMorSdjm7slfcCdbghFjPL/NhzL/Dv3+d3T8+O17838cH4jBF7uy3Nr6yyPqZpIlhmtJcjbKlykeBnniBSJWlBpEMTCFOEkZRJheYRJiFdRgiiMedKD33qGWj2W4lDUaxV1CS5QOLuBGyrcRMbEK82XeaFzadDpaToiZinO4x35gcaLOHLLdup831D/UOYr0/un85WpfFPdbe5tzT98BPq7Rwbe5pN3oPvcZ8r7TTojTUfEFC0yEk9dts4a+7Cf/+7zb3//adB1DzylDpPOkaYj4lecUzZ1M4Ka+7Hfg3/Yg8lntz2YXZyre2CaX1/TETEiDLPN3/438VaNtyDp2j9wivpvDfyhxp9s+e8r+RGoeu3fc9aRB/gB0f9WbA==";

    private readonly ScratchFolder _scratch = new();

    private static byte[] MetaFile => [.. new byte[124], .. Convert.FromBase64String(Meta)];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Labels_and_names_come_from_the_archive_as_it_is_downloaded()
    {
        Pack(
            ("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", "7\n9\n8\n7\n"u8.ToArray()),
            ("ILSVRC2012_devkit_t12/data/meta.mat", MetaFile),
            ("ILSVRC2012_devkit_t12/readme.txt", "read"u8.ToArray())
        );

        var kit = DevelopmentKit.In(_scratch["set"]);

        Assert.Equal(["n00000002", "n00000000", "n00000001", "n00000002"], kit.Labels);
        Assert.Equal("second, two", kit.Names["n00000001"]);
        Assert.Equal(4, kit.Names.Count);
    }

    [Fact]
    public void Downloaded_archives_alone_make_a_set()
    {
        Pack(("kit/data/ILSVRC2012_validation_ground_truth.txt", "7\n9\n"u8.ToArray()), ("kit/data/meta.mat", MetaFile));
        foreach (var id in (string[])["n00000000", "n00000001", "n00000002"])
        {
            PhotoFolder.Jpeg(_scratch["photos", id, $"{id}_1.JPEG"], 1);
            TarFile.CreateFromDirectory(
                _scratch["photos", id],
                Path.Combine(_scratch.Make("inner"), $"{id}.tar"),
                includeBaseDirectory: false
            );
        }

        TarFile.CreateFromDirectory(_scratch["inner"], _scratch["set", "ILSVRC2012_img_train.tar"], includeBaseDirectory: false);
        PhotoFolder.Jpeg(_scratch["val", "ILSVRC2012_val_00000001.JPEG"], 1);
        PhotoFolder.Jpeg(_scratch["val", "ILSVRC2012_val_00000002.JPEG"], 2);
        TarFile.CreateFromDirectory(_scratch["val"], _scratch["set", "ILSVRC2012_img_val.tar"], includeBaseDirectory: false);

        var set = SourceSet.Open(_scratch["set"], 1);

        Assert.Equal((3, 2), (set.Train.Count, set.Validation.Count));
        Assert.Equal([2, 0], set.Validation.Select(i => i.Label));
        Assert.Equal(["first, one", "second, two", "third"], set.Classes.Select(c => c.Name));
    }

    [Fact]
    public void An_unpacked_kit_is_taken_before_the_archive_and_has_no_need_of_the_map()
    {
        File.WriteAllText(_scratch.Make("set") + "/ILSVRC2012_devkit_t12.tar.gz", "never opened");
        Directory.CreateDirectory(_scratch["set", "ILSVRC2012_devkit_t12", "data"]);
        File.WriteAllText(_scratch["set", "ILSVRC2012_devkit_t12", "data", "ILSVRC2012_validation_ground_truth.txt"], "8\r\n");
        File.WriteAllText(_scratch["set", "map_clsloc.txt"], "n00000001 8 second\n");
        File.WriteAllBytes(_scratch["set", "ILSVRC2012_devkit_t12", "data", "meta.mat"], MetaFile);

        Assert.Equal(["n00000001"], DevelopmentKit.In(_scratch["set"]).Labels);
    }

    [Fact]
    public void A_class_that_the_kit_does_not_have_is_an_error()
    {
        Pack(("data/ILSVRC2012_validation_ground_truth.txt", "5\n"u8.ToArray()), ("data/meta.mat", MetaFile));

        Assert.Contains(
            "has class 5",
            Assert.Throws<GaitPropException>(() => DevelopmentKit.In(_scratch["set"])).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(127)]
    [InlineData(300)]
    public void A_damaged_file_of_the_kit_is_named(int length)
    {
        Pack(("data/ILSVRC2012_validation_ground_truth.txt", "7\n"u8.ToArray()), ("data/meta.mat", MetaFile[..length]));

        var message = Assert.Throws<GaitPropException>(() => DevelopmentKit.In(_scratch["set"])).Message;
        Assert.Contains("meta.mat cannot be read", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_truncated_archive_is_named()
    {
        Pack(("data/meta.mat", MetaFile));
        var archive = _scratch["set", DevelopmentKit.Archive];
        File.WriteAllBytes(archive, File.ReadAllBytes(archive)[..200]);

        Assert.Contains(
            "is no whole archive",
            Assert.Throws<GaitPropException>(() => DevelopmentKit.In(_scratch["set"])).Message,
            StringComparison.Ordinal
        );
    }

    private void Pack(params (string Name, byte[] Content)[] files)
    {
        _scratch.Make("set");
        using var packed = new GZipStream(File.Create(_scratch["set", DevelopmentKit.Archive]), CompressionLevel.Optimal);
        using var writer = new TarWriter(packed, TarEntryFormat.Gnu);
        foreach (var (name, content) in files)
        {
            writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
    }
}
