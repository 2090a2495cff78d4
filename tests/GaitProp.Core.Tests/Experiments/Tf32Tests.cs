using GaitProp.Experiments;
using GaitProp.Runs;
using GaitProp.Runtime;
using TorchSharp;

namespace GaitProp.Tests.Experiments;

/// <summary>TF32 changes numbers: it is off unless an experiment says so, and a run that had it says so.</summary>
[Collection(Alone.Name)]
public sealed class Tf32Tests
{
    private static readonly Experiment Plain = Presets.Experiment("cifar-shallow", "ngait", "fast");

    [Fact]
    public void It_is_off_once_libtorch_is_loaded_in_convolutions_too() =>
        Assert.Equal((false, false), (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32));

    [Fact]
    public void It_is_on_for_as_long_as_it_was_asked_for()
    {
        using (Tf32.While(true))
        {
            Assert.Equal((true, true), (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32));
        }

        It_is_off_once_libtorch_is_loaded_in_convolutions_too();
    }

    [Fact]
    public void A_run_with_it_is_another_run()
    {
        var data = RunData.Of(SyntheticImages.Generate(train: 4, test: 4), null, 0);

        Assert.NotEqual(RunIdentity.Of(Plain, data, null), RunIdentity.Of(Plain with { Tf32 = true }, data, null));
        Assert.Contains("\"tf32\":true", ExperimentJson.ToJson(Plain with { Tf32 = true }).ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("tf32", ExperimentJson.ToJson(Plain).ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void It_is_refused_where_it_would_do_nothing()
    {
        Assert.Equal(
            "tf32 true is not possible with precision float64: it rounds products of float32; add --set precision=float32, or leave it out.",
            Assert.Throws<GaitPropException>(() => (Plain with { Tf32 = true, Precision = torch.ScalarType.Float64 }).Validate()).Message
        );
        Assert.Equal(
            "tf32 true is not possible on cpu: only CUDA devices compute in TF32; take --device cuda, or leave it out.",
            Assert
                .Throws<GaitPropException>(() => new Trainer(Plain with { Tf32 = true }, SyntheticImages.Generate(train: 4, test: 4)))
                .Message
        );
    }
}
