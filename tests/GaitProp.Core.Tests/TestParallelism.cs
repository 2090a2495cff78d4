// libtorch computes on all cores: two trainings at once take many times as long as one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
