using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class DataPlacesTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private DataPlaces Places(string? fromEnvironment = null) => new(fromEnvironment, _scratch["work", "data"], _scratch["cache", "data"]);

    private string Nested(params string[] place) => Touch([.. place, "cifar-10-batches-bin"]);

    private string Touch(params string[] folder)
    {
        File.WriteAllText(Path.Combine(_scratch.Make(folder), "data_batch_1.bin"), "");
        return _scratch[folder];
    }

    [Fact]
    public void The_named_folder_comes_before_the_variable_before_data_before_the_cache()
    {
        Assert.Null(Places().Find(Cifar10.Official));

        var cache = Nested("cache", "data");
        Assert.Equal(new FoundData(cache, DataRule.Cache), Places().Find(Cifar10.Official));

        var local = Touch("work", "data");
        Assert.Equal(new FoundData(local, DataRule.WorkingDirectory), Places().Find(Cifar10.Official));

        var variable = Nested("variable");
        Assert.Equal(new FoundData(variable, DataRule.Environment), Places(_scratch["variable"]).Find(Cifar10.Official));

        var named = Touch("named");
        Assert.Equal(new FoundData(named, DataRule.Named), Places(_scratch["variable"]).Find(Cifar10.Official, named + "/"));
        Assert.Equal($"{named} (--data)", new FoundData(named, DataRule.Named).ToString());
    }

    [Fact]
    public void A_named_folder_without_the_set_is_an_error_though_another_place_has_it()
    {
        Nested("work", "data");
        _scratch.Make("empty");
        File.WriteAllText(_scratch["file"], "");
        _scratch.Make("python", "cifar-10-batches-py");

        Cifar10Tests.AssertError(
            () => Places().Find(Cifar10.Official, _scratch["none"]),
            "none (from --data) does not exist",
            "'gaitprop data fetch cifar10 --to "
        );
        Cifar10Tests.AssertError(
            () => Places().Find(Cifar10.Official, _scratch["empty"]),
            "empty (from --data) holds no CIFAR-10, neither"
        );
        Cifar10Tests.AssertError(() => Places().Find(Cifar10.Official, _scratch["file"]), "file (from --data) is a file, not a folder");
        Cifar10Tests.AssertError(() => Places().Find(Cifar10.Official, _scratch["python"]), "holds the Python version of CIFAR-10");
        Cifar10Tests.AssertError(() => Places().Find(Cifar10.Official, ""), "--data is empty");
        Cifar10Tests.AssertError(() => Places(_scratch["none"]).Find(Cifar10.Official), "none (from GAITPROP_DATA) does not exist");
        Assert.NotNull(Places("").Find(Cifar10.Official));
    }

    [Fact]
    public void A_damaged_set_is_found_rather_than_passed_over()
    {
        var damaged = Nested("work", "data");
        Nested("cache", "data");

        var found = Places().Find(Cifar10.Official);

        Assert.Equal(damaged, found?.Folder);
        Cifar10Tests.AssertError(() => Cifar10.Official.Read(found!.Folder), "data_batch_1.bin is 0 bytes, not 30,730,000");
    }

    [Fact]
    public void A_folder_without_files_of_the_set_is_passed_over()
    {
        _scratch.Make("work", "data", "cifar-10-batches-bin");
        File.WriteAllText(_scratch["work", "data", "weights.bin"], "");

        Assert.Null(Places().Find(Cifar10.Official));
    }

    [Fact]
    public void The_explanation_tells_what_to_do_where_the_search_does_not_get_there()
    {
        var cache = Nested("cache", "data");
        var elsewhere = Nested("elsewhere");

        Assert.Contains("from any folder", Places().Explain(Cifar10.Official, cache), StringComparison.Ordinal);
        Assert.Contains($"--data {_scratch["elsewhere"]},", Places().Explain(Cifar10.Official, elsewhere), StringComparison.Ordinal);
        Assert.Contains(
            "through GAITPROP_DATA",
            Places(_scratch["elsewhere"]).Explain(Cifar10.Official, elsewhere),
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"--data {_scratch["cache", "data"]},",
            Places(_scratch["elsewhere"]).Explain(Cifar10.Official, cache),
            StringComparison.Ordinal
        );
        Assert.Contains("GAITPROP_DATA is set to", Places(_scratch["none"]).Explain(Cifar10.Official, cache), StringComparison.Ordinal);

        var local = Nested("work", "data");
        Assert.Contains($"when it runs in {_scratch["work"]}", Places().Explain(Cifar10.Official, local), StringComparison.Ordinal);
    }
}
