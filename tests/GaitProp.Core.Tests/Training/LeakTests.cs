using System.Diagnostics;
using GaitProp.Tests.Data;
using GaitProp.Tests.Rules;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

[Collection(Alone.Name)]
public sealed class LeakTests
{
    private const int Steps = 500;

    public static TheoryData<string, TargetForm?, string> Rules
    {
        get
        {
            var rules = new TheoryData<string, TargetForm?, string>();
            foreach (var rule in KitRules.Names)
            {
                if (RuleCatalog.DefaultOptions(rule) is not TargetOptions)
                {
                    rules.Add(rule, null, "exact");
                    continue;
                }

                rules.Add(rule, TargetForm.Literal, "exact");
                if (rule == "gait")
                {
                    // It differs from normalised GAIT in one number.
                    continue;
                }

                rules.Add(rule, TargetForm.Displacement, "solve");
                rules.Add(rule, TargetForm.Displacement, "pinv");
                rules.Add(rule, TargetForm.Limit, "refined(1)");
            }

            return rules;
        }
    }

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    [Trait("Size", "Exhaustive")]
    public void Two_thousand_steps_keep_live_tensors_and_memory_flat(string name, TargetForm? form, string inverse)
    {
        using var scope = NewDisposeScope();
        using var network = Network.Build(
            new(
                "n",
                [1, 6, 6],
                [new ConvDefinition(3, 2, 4), new ConvDefinition(2, 1, 3), new DenseDefinition(12), new DenseDefinition(10)]
            ),
            AuxiliaryUnits.Explicit,
            1
        );
        var options = RuleCatalog.DefaultOptions(name);
        using var rule = RuleCatalog.Create(
            name,
            form is null ? options : (TargetOptions)options with { Form = form.Value, Inverse = InverseStrategy.Parse(inverse) }
        );
        rule.Prepare(network, 1);
        using var adam = new Adam(network.Layers.SelectMany(l => new[] { l.Weight, l.Bias }), new OptimizerOptions { LearningRate = 1e-5 });
        var x = Numbers.Uniform(1, 64, 1, 6, 6).to(ScalarType.Float32);
        var labels = arange(64, ScalarType.Int64) % 10;
        Repeat(Steps);
        _ = Resident();
        var tensors = Tensor.TotalCount;
        var growth = new List<long>();
        for (var window = 0; window < 3; window++)
        {
            var memory = Resident();
            Repeat(Steps);
            growth.Add(Resident() - memory);
        }

        Assert.Equal(tensors, Tensor.TotalCount);

        // The first layer's activations are 9 KiB: leaked once a step, they would be 4.6 MB in every window. Heaps grow in one, not in all.
        Assert.InRange(growth.Min(), long.MinValue, 2_000_000);

        void Repeat(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                using var step = NewDisposeScope();
                var trace = network.Forward(x);
                var update = rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);
                OrthogonalityDefect.AddPenaltyGradient_(update[1].Weight, network.Layers[1].Weight, 1);
                adam.Step([.. update.SelectMany(u => new[] { u.Weight, u.Bias })]);
                OrthogonalityDefect.Retract_(network.Layers[2].Weight);
            }
        }
    }

    [Theory]
    [InlineData("bp")]
    [InlineData("fa")]
    [InlineData("ngait")]
    public void A_trainer_gives_back_every_tensor(string rule)
    {
        using var folder = new ScratchFolder();
        var data = SyntheticImages.Generate(train: 32, test: 10);
        _ = Resident();
        var before = Tensor.TotalCount;

        using (var trainer = new Trainer(TrainerTests.Small(rule) with { BatchSize = 8, Epochs = 2, AngleEvery = 1 }, data))
        {
            trainer.Run(folder.Path, cancellation: TestContext.Current.CancellationToken);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
