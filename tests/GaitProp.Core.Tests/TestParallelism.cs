// One after the other: libtorch's number of threads is each thread's own, and two tests at once were seen to repeat a run with other roundings.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
