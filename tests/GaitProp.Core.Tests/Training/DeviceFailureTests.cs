using System.Runtime.InteropServices;
using GaitProp.Runtime;
using GaitProp.Tests.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>
/// A device without memory, or lost in the middle of a run: one line says what to do, and the checkpoint is there. The errors are
/// libtorch's own words.
/// </summary>
public sealed class DeviceFailureTests(ResumeTests.WholeRuns wholeRuns) : IClassFixture<ResumeTests.WholeRuns>, IDisposable
{
    private const string OutOfMemory =
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.12 GiB is free. Including non-PyTorch memory, this process has 77.98 GiB memory in use. Of the allocated memory 70.10 GiB is allocated by PyTorch, and 6.92 GiB is reserved by PyTorch but unallocated.\nException raised from malloc at /pytorch/c10/cuda/CUDACachingAllocator.cpp:1473 (most recent call first):\nframe #0: c10::Error::Error";
    private const string Illegal =
        "CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\nCompile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n";
    private const string NoCode = "CUDA error: no kernel image is available for execution on the device";

    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 50);
    private readonly ScratchFolder _folder = new();

    public static TheoryData<string, bool, string> Words =>
        new()
        {
            { OutOfMemory, true, "it tried to allocate 2.00 GiB" },
            { "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported", true, "CUDA error: out of memory" },
            {
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
                true,
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
            },
            { "cuDNN error: CUDNN_STATUS_ALLOC_FAILED", true, "cuDNN error: CUDNN_STATUS_ALLOC_FAILED" },
            {
                "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 80000000000 bytes. Error code 12 (Cannot allocate memory)",
                true,
                "it tried to allocate 80000000000 bytes"
            },
            { Illegal, false, "CUDA error: an illegal memory access was encountered" },
            { "CUDA error: unspecified launch failure", false, "CUDA error: unspecified launch failure" },
            { "CUDA error: uncorrectable ECC error encountered", false, "CUDA error: uncorrectable ECC error encountered" },
            { "CUDA driver error: unknown error", false, "CUDA driver error: unknown error" },
            {
                "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb)`",
                false,
                "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb)`"
            },
            { "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", false, "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED" },
            {
                "cusolver error: CUSOLVER_STATUS_INTERNAL_ERROR, when calling `cusolverDnXgetrf(...)`",
                false,
                "cusolver error: CUSOLVER_STATUS_INTERNAL_ERROR, when calling `cusolverDnXgetrf(...)`"
            },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Words))]
    public void An_error_of_libtorch_is_told_apart_by_its_words(string message, bool isMemory, string words)
    {
        foreach (var error in new Exception[] { Native(message), new GaitPropException("a layer cannot be made", Native(message)) })
        {
            var failure = DeviceFailure.Of(error);

            Assert.Equal((isMemory, words), (failure!.IsMemory, failure.Words));
            Assert.DoesNotContain('\n', failure.Sentence);
        }
    }

    [Theory]
    [InlineData("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)")]
    [InlineData("linalg.inv: The diagonal element 1 is zero, the inversion could not be completed because the input matrix is singular.")]
    public void Other_errors_are_not_the_devices(string message)
    {
        Assert.Null(DeviceFailure.Of(Native(message)));
        Assert.Null(DeviceFailure.Of(new InvalidOperationException(OutOfMemory)));
    }

    [Theory]
    [InlineData(
        OutOfMemory,
        "The memory of the device does not suffice (it tried to allocate 2.00 GiB): lower the batch, take float32 for float64, or compute elsewhere (--device)."
    )]
    [InlineData(
        Illegal,
        "The device is lost (CUDA error: an illegal memory access was encountered): look at it with 'nvidia-smi', and start again, with --device cpu if it stays away."
    )]
    [InlineData(
        NoCode,
        "This libtorch has no code for the device (CUDA error: no kernel image is available for execution on the device): name a PyTorch that was built for it with --libtorch DIR, or compute on the CPU (--device cpu)."
    )]
    public void Where_no_run_is_under_way_one_line_says_what_to_do(string message, string line) =>
        Assert.Equal(line, DeviceFailure.Of(Native(message))!.Sentence);

    [Theory]
    [InlineData(
        OutOfMemory,
        false,
        "^run \\S+: the memory of cpu does not suffice for a step after step 3 \\(it tried to allocate 2.00 GiB\\); step-2\\S*.safetensors is kept: lower batchSize \\(24\\) or the K of ruleOptions.inverse \\(folded\\(256\\)\\) in a run that begins --from this one, or go on with 'runs resume' where there is more memory.$"
    )]
    [InlineData(
        OutOfMemory,
        true,
        "^run \\S+: the memory of cpu does not suffice to measure accuracy after step 3 .*lower evaluationBatch \\(1000\\) "
    )]
    [InlineData(
        Illegal,
        false,
        "^run \\S+: cpu was lost after step 3 \\(CUDA error: an illegal memory access was encountered\\); step-2\\S*.safetensors is kept: look at it with 'nvidia-smi', and go on with 'runs resume', with --device cpu if it stays away.$"
    )]
    [InlineData(
        NoCode,
        false,
        "^run \\S+: this libtorch has no code for cpu, seen after step 3 \\(CUDA error: no kernel image is available for execution on the device\\); step-2\\S*.safetensors is kept: name a PyTorch that was built for it with --libtorch DIR, or compute on the CPU \\(--device cpu\\), and go on with 'runs resume'.$"
    )]
    public void A_run_ends_with_one_line_keeps_its_checkpoint_and_goes_on_to_the_same_bytes(string message, bool evaluating, string line)
    {
        var experiment = TrainerTests.Small("ngait") with { BatchSize = 24, Epochs = 2, AngleEvery = 1 };
        var whole = wholeRuns.Of(experiment);
        var fails = new Told(p =>
        {
            if (p.Step == 3 && p.Phase == (evaluating ? TrainingPhase.Evaluating : TrainingPhase.Training))
            {
                throw Native(message);
            }
        });
        using var trainer = new Trainer(experiment, Data) { CheckpointEvery = TimeSpan.Zero };

        var error = Assert.Throws<GaitPropException>(() => trainer.Run(_folder.Path, fails, TestContext.Current.CancellationToken));

        Assert.Matches(line, error.Message);
        Assert.DoesNotContain('\n', error.Message);
        var run = RunRecord.Read(Assert.Single(Directory.GetDirectories(_folder["test"])));
        Assert.Equal((RunStatus.Failed, error.Message, true), (run.Description.Status, run.Description.Error, run.Description.CanResume));
        using var again = new Trainer(experiment, Data);
        again.Resume(run.Folder, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(run.Folder, "metrics.jsonl"))
        );
    }

    [Fact]
    public void A_device_that_fails_in_an_inverse_is_no_singular_weight()
    {
        using var scope = NewDisposeScope();
        var layer = new InvertibleDense("layer 1", eye(3), zeros(3), LeakyReLU.Hidden, 3, 3, [3]);

        Assert.Equal(OutOfMemory, Assert.Throws<ExternalException>(() => layer.Inverted(ones(2, 3), new Failing())).Message);
    }

#pragma warning disable CA2201 // What TorchSharp throws.
    private static ExternalException Native(string message) => new(message);
#pragma warning restore CA2201

    private sealed class Failing : InverseStrategy
    {
        public override string Name => "failing";

        public override Tensor Apply(Tensor weight, Tensor p) => throw Native(OutOfMemory);
    }

    private sealed class Told(Action<TrainingProgress> act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act(value);
    }
}
