using GaitProp.Kernel.Commands;
using GaitProp.Kernel.Jupyter.Server;

return await (QuickStart.Serve(args) ?? CommandLine.RunAsync(args, CommandContext.Terminal()));
