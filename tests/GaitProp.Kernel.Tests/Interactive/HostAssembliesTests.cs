using System.Reflection;
using GaitProp.Kernel.Interactive;

namespace GaitProp.Kernel.Tests.Interactive;

public sealed class HostAssembliesTests
{
    [Fact]
    public void An_assembly_that_the_host_has_only_in_an_older_version_is_the_hosts_own()
    {
        var name = new AssemblyName("FSharp.Core, Version=999.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a");
        HostAssemblies.Prefer();
        Assert.Same(typeof(Microsoft.FSharp.Core.Unit).Assembly, Assembly.Load(name));
    }

    [Fact]
    public void One_that_the_host_does_not_have_is_left_to_others()
    {
        HostAssemblies.Prefer();
        Assert.Null(HostAssemblies.Find(new AssemblyName("GaitProp.Nowhere, Version=1.0.0.0")));
        Assert.Throws<FileNotFoundException>(() => Assembly.Load("GaitProp.Nowhere, Version=1.0.0.0"));
    }
}
