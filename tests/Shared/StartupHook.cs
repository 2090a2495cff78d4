#pragma warning disable CA1050 // .NET looks for it by this name.
/// <summary>Runs in a process of the program before its own beginning (<c>DOTNET_STARTUP_HOOKS</c>), and in its place.</summary>
internal static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize()
    {
        GaitProp.Tests.WarmProgram.Serve();
        Environment.Exit(0);
    }
}
