// libtorch computes on all cores: two trainings at once take many times as long as one after the other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
