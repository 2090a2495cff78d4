// One after the other: tests count live tensors, and measure the memory of the process.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
