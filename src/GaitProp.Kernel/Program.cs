using GaitProp.Kernel;
using GaitProp.Kernel.Commands;

return await (QuickStart.Serve(args) ?? CommandLine.RunAsync(args, CommandContext.Terminal()));
