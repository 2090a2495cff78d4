using GaitProp.Runtime;
using GaitProp.Tests;

[assembly: AssemblyFixture(typeof(LoadedTorch))]

namespace GaitProp.Tests;

/// <summary>libtorch, loaded before any test uses it.</summary>
public sealed class LoadedTorch
{
    public LoadedTorch() => LibTorch.Load();
}

/// <summary>Tests that measure the whole process and must run alone.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
