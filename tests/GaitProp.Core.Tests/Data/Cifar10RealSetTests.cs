using GaitProp.Data;

namespace GaitProp.Tests.Data;

/// <summary>The real set, where it lies beside the repository; nothing of it is part of the project.</summary>
public sealed class Cifar10RealSetTests
{
    private static string RealData()
    {
        var data = Path.GetFullPath(Path.Combine(Repository.Folder, "..", "shared", "data"));
        Assert.SkipUnless(Cifar10.Official.FindIn(data) is not null, $"The real CIFAR-10 is not in {data}; this test needs it.");
        return data;
    }

    [Fact]
    public void The_real_set_has_the_published_sums() => Cifar10.Official.Verify(RealData(), TestContext.Current.CancellationToken);

    [Fact]
    public void The_real_set_has_as_many_images_of_each_class()
    {
        var set = Cifar10.Official.Read(RealData());

        Assert.Equal(Cifar10.Official.ClassNames, set.ClassNames);
        for (byte label = 0; label < 10; label++)
        {
            Assert.Equal(5_000, set.Train.Labels.Span.Count(label));
            Assert.Equal(1_000, set.Test.Labels.Span.Count(label));
        }
    }

    [Fact]
    public async Task The_real_set_installs_and_is_found()
    {
        using var scratch = new ScratchFolder();

        var installed = await new DataInstaller(Cifar10.Official, scratch.Path).ImportAsync(
            RealData(),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(installed.Folder, new DataPlaces(null, scratch["none"], scratch.Path).Find(Cifar10.Official)?.Folder);
        Cifar10.Official.Verify(installed.Folder, TestContext.Current.CancellationToken);
    }
}
